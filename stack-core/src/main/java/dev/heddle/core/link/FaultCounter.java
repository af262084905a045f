package dev.heddle.core.link;

/** What a {@link FaultyLink} did to packets. */
public enum FaultCounter {
    /** Came to the wire. */
    OFFERED,
    /** Left it at the other end, duplicates included. */
    DELIVERED,
    LOST,
    /** Dropped because it is longer than {@link Faults#largestPacketBytes}. */
    TOO_LONG,
    DUPLICATED,
    REORDERED,
    CORRUPTED,
    /** ECN-capable, and marked as having met congestion. */
    MARKED,
    /** Dropped because {@link Faults#queueBytes} were waiting. */
    QUEUE_FULL,
    /** Dropped because there was no memory to hold it. */
    OUT_OF_MEMORY,
    /** Dropped because it is no super-segment that can be cut, or its checksum field is outside of it. */
    MALFORMED
}
