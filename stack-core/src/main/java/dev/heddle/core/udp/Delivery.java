package dev.heddle.core.udp;

/** What became of a datagram that was found right. */
public enum Delivery {
    /** Somebody has it. */
    DELIVERED,
    /** Nobody has its port. */
    NO_PORT,
    /** As much waits for its receiver as may. */
    BUFFER_FULL,
    /** The host's memory does not suffice. */
    NO_MEMORY
}
