package dev.heddle.core.tcp;

import dev.heddle.core.tcp.ConnectionTimers.Kind;

/** How a connection ends (RFC 9293 3.6): CLOSE, ABORT, and the states behind the FIN. */
final class Closing {

    private final Tcb tcb;

    /** The application has closed its handle. */
    private boolean orphan;

    /** Whether it is among the host's orphans. */
    private boolean counted;

    Closing(Tcb tcb) {
        this.tcb = tcb;
    }

    /** Whether the application has closed its handle. */
    boolean isOrphan() {
        return orphan;
    }

    /** Half-close: a FIN follows the data that was written (RFC 9293 3.10.4). */
    void shutdownOutput() {
        switch (tcb.state()) {
            // RFC 9293 3.10.4: whoever waits for the connection hears "connection closing" as an error.
            case SYN_SENT -> tcb.fail(Failure.ABORTED);
            case SYN_RECEIVED, ESTABLISHED -> tcb.state(TcpState.FIN_WAIT_1);
            case CLOSE_WAIT -> tcb.state(TcpState.LAST_ACK);
            default -> {
                // Already shut down, or over.
            }
        }
    }

    /** The application gives the connection up: graceful, but a reset if data is unread (RFC 9293 3.6.1) or linger is 0. */
    void close(long nowNs) {
        orphan = true;
        if (tcb.state() == TcpState.CLOSED || tcb.state() == TcpState.TIME_WAIT) {
            // The peer is done with us: nobody to tell, and 2 MSL must pass.
            return;
        }
        Receiver receiver = tcb.receiverIfAny();
        if (receiver != null && receiver.unreadBytes() > 0) {
            tcb.count(TcpCounter.TcpExtTCPAbortOnClose);
            abort();
            return;
        }
        if (tcb.options().lingerSeconds() == 0) {
            tcb.count(TcpCounter.TcpExtTCPAbortOnLinger);
            abort();
            return;
        }
        shutdownOutput();
        if (tcb.state() == TcpState.FIN_WAIT_2) {
            enterFinWait2(nowNs);
        }
        if (tcb.state() != TcpState.CLOSED) {
            orphans().add();
            counted = true;
            if (isTooMuch()) {
                tcb.count(TcpCounter.TcpExtTCPAbortOnMemory);
                abort();
            }
        }
    }

    /**
     * Whether there are too many orphans, or this one holds memory that is used up: nobody waits for what it still does. While
     * the greedy only have what they may have, it keeps its share: else they would cut short what others are still being sent.
     */
    boolean isTooMuch() {
        return orphans().isTooMany()
                || tcb.sender().buffer().holdsMemory() && tcb.context().pool().isNearlyExhausted();
    }

    private Orphans orphans() {
        return tcb.context().orphans();
    }

    /** The connection is over, or needs no more than a TIME-WAIT record. */
    void ended() {
        if (counted) {
            counted = false;
            orphans().remove();
        }
    }

    /** A reset to the peer, where there is one (RFC 9293 3.10.5). */
    void abort() {
        switch (tcb.state()) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT ->
                tcb.emitter().reset();
            case CLOSING, LAST_ACK -> {
                // The RFC enters these states when the FIN is sent, and then the peer has all of the stream.
                if (tcb.sendSequence().nxt <= tcb.sender().tail()) {
                    tcb.emitter().reset();
                }
            }
            default -> {
                // RFC 9293: nobody to tell.
            }
        }
        tcb.fail(Failure.ABORTED);
    }

    /** The application's FIN is in the stream, sent or not: it follows from the state. */
    boolean finQueued() {
        return switch (tcb.state()) {
            case FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK, TIME_WAIT -> true;
            default -> false;
        };
    }

    boolean finAcknowledged() {
        return finQueued() && tcb.sendSequence().una > tcb.sender().tail();
    }

    /** Entered, or entered by an application that closes now: an orphan does not wait for ever. */
    void enterFinWait2(long nowNs) {
        tcb.state(TcpState.FIN_WAIT_2);
        if (!orphan) {
            return;
        }
        long waitNs = tcb.options().finWait2Ns();
        if (waitNs < 0) {
            tcb.count(TcpCounter.TcpExtTCPAbortOnLinger);
            abort();
            return;
        }
        tcb.timers()
                .arm(
                        Kind.LINGER,
                        nowNs + (waitNs > 0 ? waitNs : tcb.context().config().finWait2Ns()));
    }

    /** The time-wait timer runs, all others are off. */
    void enterTimeWait(long nowNs) {
        tcb.state(TcpState.TIME_WAIT);
        ended();
        tcb.timers().clear();
        tcb.timers().arm(Kind.LINGER, nowNs + tcb.context().config().timeWaitNs());
        tcb.sender().buffer().clear();
    }
}
