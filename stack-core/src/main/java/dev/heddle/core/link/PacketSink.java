package dev.heddle.core.link;

/** Where packets go. */
@FunctionalInterface
public interface PacketSink {

    /**
     * Takes one packet. Its bytes, gathered slices included, are consumed before the return; the packet stays the
     * caller's. Called under the sending endpoint's lock: must not block for long, call back into the sender, or run
     * another endpoint. Any thread may call at any time.
     *
     * @return false if there is no room now and the packet was not taken; who is refused tries again later
     */
    boolean transmit(Packet packet);
}
