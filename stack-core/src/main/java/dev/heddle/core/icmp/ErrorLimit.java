package dev.heddle.core.icmp;

/** Whether one more error message may be sent: {@link ErrorRateLimit} under the host's lock. */
@FunctionalInterface
public interface ErrorLimit {

    /** Takes one from the budget for a destination; false if it is spent. */
    boolean admit(long destinationHigh, long destinationLow, long nowNs);
}
