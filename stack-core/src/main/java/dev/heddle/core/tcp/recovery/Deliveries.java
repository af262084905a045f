package dev.heddle.core.tcp.recovery;

/** Hears of each range of the stream that an acknowledgement proves delivered, cumulatively or selectively. */
@FunctionalInterface
public interface Deliveries {

    /** Nobody listens. */
    Deliveries IGNORED = (from, to, sentNs, retransmitted, selectively) -> {};

    /**
     * [from, to) has arrived and was not known to have.
     *
     * @param sentNs its last transmission
     * @param retransmitted whether it was ever sent again
     * @param selectively whether it was SACKed
     */
    void delivered(long from, long to, long sentNs, boolean retransmitted, boolean selectively);
}
