package dev.heddle.core.tcp;

/**
 * What is wrong with a connection without ending it (RFC 9293 3.9.1.8): an ICMP error that is no reason to give up, or data
 * that was retransmitted R1 times. It names the reason if the connection times out, and ends when the peer acknowledges.
 */
final class SoftErrors {

    private Failure last = Failure.NONE;
    private boolean news;

    /** The last one; NONE if all is well. */
    Failure last() {
        return last;
    }

    void report(Failure why) {
        last = why;
        news = true;
    }

    /** R1 is reached (RFC 9293 3.8.3): nobody answers, unless an ICMP error has said more already. */
    void unanswered() {
        if (last == Failure.NONE) {
            report(Failure.TIMED_OUT);
        }
    }

    void clear() {
        last = Failure.NONE;
    }

    /** Whether there was a report since the last call. */
    boolean takeNews() {
        boolean taken = news;
        news = false;
        return taken;
    }
}
