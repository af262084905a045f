package dev.heddle.core.tcp;

/** Our SYN until it is acknowledged: whether it must be sent, and what can be learnt of its round trip. */
final class Handshake {

    private boolean synDue;
    /** Whether the SYN asks for ECN. */
    private boolean asksForEcn;

    private boolean synSent;
    private boolean timedOut;
    /** Whether the SYN went out more than once, so that nobody knows which one was answered. */
    private final boolean ambiguous;

    private long sentNs;
    private long startedNs;

    /** What our SYN has announced. */
    private int window;

    private Handshake(boolean synDue, boolean timedOut, boolean ambiguous, long sentNs) {
        this.synDue = synDue;
        this.timedOut = timedOut;
        this.ambiguous = ambiguous;
        this.sentNs = sentNs;
        startedNs = sentNs;
    }

    /** An active open: the SYN is to be sent. */
    static Handshake active() {
        return new Handshake(true, false, false, 0);
    }

    /**
     * A passive open whose SYN-ACK is on its way.
     *
     * @param timedOut whether our timer has sent it again
     * @param repeated whether the peer's repeated SYN has
     */
    static Handshake passive(boolean timedOut, boolean repeated, long sentNs) {
        return new Handshake(false, timedOut, repeated, sentNs);
    }

    /** The next SYN asks for ECN, unless one went out before. */
    void askForEcn() {
        asksForEcn = true;
    }

    /** RFC 3168 6.1.1.1: a path that drops SYNs which ask for ECN gets a plain one the second time, and no ECN then. */
    boolean asksForEcn() {
        return asksForEcn && !synSent;
    }

    /** Whether every SYN that went out asked for ECN. */
    boolean hasAskedForEcn() {
        return asksForEcn && !timedOut;
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
        timedOut = true;
    }

    /** When the SYN went out first. */
    long startedNs() {
        return startedNs;
    }

    /** What a SYN announces that goes out now: as much as there is memory for, but nothing is taken back. */
    int announce(int mostBytes) {
        window = Math.max(window, mostBytes);
        return window;
    }

    /** What our SYN has announced. */
    int window() {
        return window;
    }

    void synSent(boolean asSynAck, long nowNs) {
        synDue = false;
        synSent = true;
        if (!asSynAck && !timedOut) {
            startedNs = nowNs;
        }
        if (!asSynAck) {
            // In a simultaneous open the peer's ACK may be of the first SYN.
            sentNs = nowNs;
        }
    }

    /**
     * Our SYN is acknowledged: data may flow.
     *
     * @param seq the offset of the segment that acknowledges it
     * @param windowField its window, not scaled
     */
    void synAcknowledged(Tcb tcb, long seq, int windowField, long arrivalNs) {
        synDue = false;
        SendSequence snd = tcb.sendSequence();
        snd.una = 1;
        snd.wl1 = seq;
        snd.wl2 = 1;
        snd.wnd = windowField;
        snd.maxWnd = Math.max(snd.maxWnd, snd.wnd);
        TcpEvents events = tcb.context().events();
        if (snd.wnd == 0 && events.isWanted()) {
            events.happened(new TcpEvent.WindowClosed(TcpEvent.Side.PEERS));
        }
        tcb.timers().cancel(ConnectionTimers.Kind.RETRANSMIT);
        tcb.softErrors().clear();
        // RFC 6298 2.2, 3, 5.7
        if (timedOut) {
            tcb.rtt().handshakeTimedOut();
        } else if (!ambiguous) {
            tcb.rtt().sample(arrivalNs - sentNs, 1, arrivalNs);
        }
        tcb.sender()
                .congestion()
                .established(tcb.options().congestionControl(), tcb.emitter().mssBytes());
    }
}
