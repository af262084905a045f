package dev.heddle.core.host;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;

/**
 * The way from a host to itself: what is transmitted is queued, and received by the pump that waits here. Nothing is cut
 * and no checksum computed on a way that cannot spoil them.
 */
public final class LoopbackLink implements Link {

    /** The addresses that such an interface has on every host (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
    public static final List<IpPrefix> ADDRESSES = List.of(IpPrefix.parse("127.0.0.1/8"), IpPrefix.parse("::1/128"));

    static final LinkCapabilities CAPABILITIES = new LinkCapabilities(Packet.MAX_LENGTH, Packet.MAX_LENGTH, true);

    private final MemoryLink.Pair queue;

    /** Whether a packet was refused since the pump last waited: it has made room since, or will before it waits. */
    private volatile boolean refused;

    /**
     * Makes an empty loop.
     *
     * @param clock the time of {@link #awaitWork}
     */
    public LoopbackLink(Clock clock) {
        queue = MemoryLink.pair("lo-in", "lo-out", CAPABILITIES, clock);
    }

    @Override
    public String name() {
        return "lo";
    }

    @Override
    public LinkCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public boolean transmit(Packet packet) {
        if (queue.a().transmit(packet)) {
            return true;
        }
        refused = true;
        queue.b().wakeup();
        return false;
    }

    @Override
    public boolean receive(Packet into) {
        return queue.b().receive(into);
    }

    @Override
    public long nextDeadline() {
        return queue.b().nextDeadline();
    }

    /**
     * {@inheritDoc}
     *
     * @throws LinkDownException if it was closed
     */
    @Override
    public void awaitWork(long untilNs) {
        if (refused) {
            refused = false;
            return;
        }
        queue.b().awaitWork(untilNs);
    }

    @Override
    public void wakeup() {
        queue.b().wakeup();
    }

    @Override
    public void close() {
        queue.close();
    }
}
