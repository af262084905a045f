package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketSink;
import org.jspecify.annotations.Nullable;

/** The way from a host that is driven by hand to itself: what is transmitted arrives before the outermost call returns. */
final class HandLoopback implements PacketSink {

    private final Host host;

    /** Set before anybody can transmit. */
    private volatile @Nullable HostInterface on;

    private HandLoopback(Host host) {
        this.host = host;
    }

    static HostInterface addTo(Host host) {
        HandLoopback sink = new HandLoopback(host);
        HostInterface added = host.addInterface("lo", LoopbackLink.CAPABILITIES, sink, LoopbackLink.ADDRESSES);
        sink.on = added;
        return added;
    }

    @Override
    public boolean transmit(Packet packet) {
        HostInterface back = on;
        if (back != null) {
            host.inject(back, packet);
        }
        return true;
    }
}
