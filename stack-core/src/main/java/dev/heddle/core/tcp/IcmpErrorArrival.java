package dev.heddle.core.tcp;

/** What happens when an ICMP error about a connection arrives (RFC 9293 3.9.2.2, RFC 5927). */
final class IcmpErrorArrival {

    private IcmpErrorArrival() {}

    /**
     * Processes an error.
     *
     * @param hard whether the error is one of those that RFC 9293 calls hard
     */
    static void process(Tcb tcb, boolean hard, Failure why, int quotedSequence) {
        // RFC 5927 4.1: who cannot quote a segment in flight is a stranger.
        if (tcb.state() == TcpState.CLOSED || !isOutstanding(tcb, quotedSequence)) {
            return;
        }
        boolean ends = hard || tcb.context().config().softErrorsEndAttempts();
        if (ends && !tcb.state().isSynchronized() && tcb.sendSequence().una == 0) {
            tcb.count(TcpCounter.TcpAttemptFails);
            tcb.fail(why);
        } else {
            // RFC 5927 5.2: in a synchronized state no ICMP error aborts (MUST-56; SHLD-26 is a deviation).
            tcb.softErrors().report(why);
        }
    }

    /** Whether a sequence number that an ICMP error quotes is of a segment in flight. */
    static boolean isOutstanding(Tcb tcb, int quotedSequence) {
        SendSequence snd = tcb.sendSequence();
        long quoted = snd.offset(quotedSequence);
        return quoted >= snd.una && quoted < Math.max(1, snd.nxt);
    }
}
