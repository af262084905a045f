package dev.heddle.tun;

import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/** Describes the interface that a {@link TunLink} is to open. Not thread-safe. */
public final class TunLinkBuilder {

    private final String name;
    private final List<IpPrefix> addresses = new ArrayList<>();
    private int mtu = TunSettings.DEFAULT_MTU;
    private boolean offload = true;
    private boolean up = true;
    private Clock clock = Clock.system();

    TunLinkBuilder(String name) {
        this.name = name;
    }

    /**
     * Gives the kernel's side of a created interface an address; any number of either family.
     *
     * @param addressAndPrefixLength such as {@code 192.0.2.1/24} or {@code 2001:db8::1/64}; the kernel routes the prefix to
     *     the interface, and without a length only the address
     * @throws IllegalArgumentException if it is no address
     */
    public TunLinkBuilder address(String addressAndPrefixLength) {
        return address(IpPrefix.parse(addressAndPrefixLength));
    }

    /** Gives the kernel's side of a created interface an address. */
    public TunLinkBuilder address(IpPrefix addressAndPrefixLength) {
        addresses.add(addressAndPrefixLength);
        return this;
    }

    /** The largest packet of a created interface in bytes, 68 to 65,535, at least 1,280 with IPv6; 1,500 if not said. */
    public TunLinkBuilder mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    /** Whether super-segments and incomplete checksums pass; true if not said. */
    public TunLinkBuilder offload(boolean on) {
        offload = on;
        return this;
    }

    /** Whether a created interface is brought up; true if not said. False suits one that is moved to another namespace. */
    public TunLinkBuilder up(boolean on) {
        up = on;
        return this;
    }

    /** The clock of {@link TunLink#awaitWork}; {@link Clock#system()} if not said. */
    public TunLinkBuilder clock(Clock source) {
        clock = source;
        return this;
    }

    /**
     * Opens the interface: attaches to it if it exists, which leaves it as it is, else creates it.
     *
     * @throws IllegalArgumentException for a name, MTU or combination that cannot be
     * @throws java.io.UncheckedIOException if it cannot be opened or set up; the message says in one line what to do
     */
    public TunLink open() {
        return open(false);
    }

    /** As {@link #open}, but fails if the interface does not exist. */
    public TunLink attach() {
        return open(true);
    }

    private TunLink open(boolean mustExist) {
        return new TunLink(new TunSettings(name, addresses, mtu, offload, up, mustExist), clock);
    }
}
