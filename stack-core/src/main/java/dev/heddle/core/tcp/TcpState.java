package dev.heddle.core.tcp;

/** The states of a connection (RFC 9293 3.3.2). */
public enum TcpState {
    CLOSED,
    LISTEN,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT;

    /** Whether the handshake is done and the connection is not over: ESTABLISHED and all states after it. */
    public boolean isSynchronized() {
        return ordinal() >= ESTABLISHED.ordinal();
    }

    /** Whether the application may still send: its FIN is not queued. */
    public boolean maySend() {
        return this == ESTABLISHED || this == CLOSE_WAIT;
    }

    /** Whether the peer may still send data: its FIN has not arrived. */
    public boolean mayReceive() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }
}
