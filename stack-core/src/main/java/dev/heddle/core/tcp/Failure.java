package dev.heddle.core.tcp;

/** Why a call or a connection failed; {@link #NONE} if it did not. */
public enum Failure {
    NONE,
    /** The peer answered the SYN with a reset. */
    REFUSED,
    /** The peer reset an established connection. */
    RESET,
    /** The peer did not answer: retries, the user timeout or keepalive ran out. */
    TIMED_OUT,
    HOST_UNREACHABLE,
    NETWORK_UNREACHABLE,
    PORT_UNREACHABLE,
    MESSAGE_TOO_LONG,
    /** The link or the host was closed. */
    NETWORK_DOWN,
    ADDRESS_IN_USE,
    ADDRESS_NOT_AVAILABLE,
    /** The operation does not fit the endpoint's state. */
    INVALID_STATE,
    /** The connection was aborted by this side. */
    ABORTED,
    NO_BUFFER_SPACE,
    /** The link has no room for a datagram now; the endpoint becomes writable when it has. */
    NO_ROOM,
    /** Broadcasts are not allowed. */
    NOT_PERMITTED
}
