package dev.heddle.tun;

/** What a TUN link counts, with the names of Linux's interface statistics, seen from this side. */
public enum TunCounter {
    RxPackets,
    RxBytes,
    /** Reads that failed, and packets whose offload header contradicts them. */
    RxErrors,
    TxPackets,
    TxBytes,
    /** Packets given to a link that was closed, or whose interface is down or gone. */
    TxDropped,
    /** Packets that the kernel refused for another reason. */
    TxErrors
}
