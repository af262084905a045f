package dev.heddle.core.tcp;

/** The ACKs that answer segments which are not acceptable, and their limits. */
final class UnacceptableAnswers {

    /** Segments without text are answered at most this often, so that two ends cannot play ping-pong. */
    private static final long BARE_ANSWER_NS = 500_000_000L;

    private long lastBareAnswerNs = -BARE_ANSWER_NS;

    /** A challenge ACK, within the host's budget (RFC 5961 7). */
    void challenge(Tcb tcb, long nowNs) {
        if (tcb.context().challengeAcks().tryAcquire(nowNs)) {
            tcb.count(TcpCounter.TcpExtTCPChallengeACK);
            tcb.receiver().requireAck();
        } else {
            tcb.count(TcpCounter.TcpExtTCPACKSkippedChallenge);
        }
    }

    /** An ACK for a segment outside the window. */
    void outOfWindow(Tcb tcb, boolean withText, long nowNs) {
        if (!withText && nowNs - lastBareAnswerNs < BARE_ANSWER_NS) {
            tcb.count(TcpCounter.TcpExtTCPACKSkippedSeq);
            return;
        }
        lastBareAnswerNs = nowNs;
        tcb.receiver().requireAck();
    }
}
