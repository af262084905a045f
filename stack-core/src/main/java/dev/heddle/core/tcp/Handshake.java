package dev.heddle.core.tcp;

import dev.heddle.core.tcp.recovery.RttEstimator;

/** Our SYN until it is acknowledged: whether it must be sent, and what can be learnt of its round trip. */
final class Handshake {

    private boolean synDue;
    private boolean retransmitted;
    private long sentNs;

    private Handshake(boolean synDue, boolean retransmitted, long sentNs) {
        this.synDue = synDue;
        this.retransmitted = retransmitted;
        this.sentNs = sentNs;
    }

    /** An active open: the SYN is to be sent. */
    static Handshake active() {
        return new Handshake(true, false, 0);
    }

    /** A passive open whose SYN-ACK is on its way. */
    static Handshake passive(boolean retransmitted, long sentNs) {
        return new Handshake(false, retransmitted, sentNs);
    }

    boolean isSynDue() {
        return synDue;
    }

    /** The peer's SYN crossed ours: ours is sent again, now as a SYN-ACK. */
    void answerSyn() {
        synDue = true;
    }

    /** The timer expired. */
    void retransmit() {
        synDue = true;
        retransmitted = true;
    }

    void synSent(boolean asSynAck, long nowNs) {
        synDue = false;
        if (!asSynAck) {
            // In a simultaneous open the peer's ACK may be of the first SYN.
            sentNs = nowNs;
        }
    }

    /** Gives the estimator what the handshake is worth (RFC 6298 2.2, 5.7). */
    void synAcknowledged(RttEstimator rtt, long arrivalNs) {
        synDue = false;
        if (retransmitted) {
            rtt.handshakeTimedOut();
        } else {
            rtt.sample(arrivalNs - sentNs, 1);
        }
    }
}
