package dev.heddle.demo;

import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PcapngLink;
import dev.heddle.core.time.Clock;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the server's link shall be like.
 *
 * @param mtu its largest packet in bytes
 * @param offload whether super-segments and incomplete checksums pass
 * @param faults what happens to the packets of each direction
 * @param capture the file that records the packets, if any
 */
record LinkPlan(
        int mtu, boolean offload, Faults faults, @Nullable Path capture) {

    LinkCapabilities capabilities() {
        return offload ? new LinkCapabilities(mtu, Packet.MAX_LENGTH, true) : LinkCapabilities.plain(mtu);
    }

    /** Takes over a link, and closes it if the plan cannot be carried out. */
    Link decorate(Link link) {
        Link decorated = link;
        try {
            if (!faults.equals(Faults.NONE)) {
                RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
                decorated = new FaultyLink(decorated, Clock.system(), random, faults);
            }
            if (capture != null) {
                // Outside of the faults: it records what this host sends and sees.
                decorated = new PcapngLink(decorated, capture, Clock.system());
            }
            return decorated;
        } catch (RuntimeException e) {
            decorated.close();
            throw e;
        }
    }
}
