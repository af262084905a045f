package dev.heddle.tun;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import java.lang.ref.Reference;

/**
 * A link to the kernel of this machine through a TUN interface. With offloads, the default, super-segments of up to
 * 64 KiB go both ways with one system call each and without checksums.
 *
 * <p>Needs root or the capability {@code CAP_NET_ADMIN}. The process may move the interface into another network namespace
 * while the link is open ({@code ip link set NAME netns NAMESPACE}); it then loses its addresses.
 *
 * <pre>{@code
 * try (TunLink link = TunLink.builder("heddle0")
 *         .address("192.0.2.1/24").address("2001:db8::1/64") // the kernel's side
 *         .open()) { ... }
 * }</pre>
 */
public final class TunLink implements Link {

    private final TunDevice device;
    private final LinkWait wait;
    private final UseGuard guard;
    private final Clock clock;
    private final LinkCapabilities capabilities;
    private final CounterSet<TunCounter> counters = new CounterSet<>(TunCounter.class);
    private final GatherAreas gatherAreas = new GatherAreas();
    private final int fd;
    private final int headerBytes;

    /** Whether a packet was refused and nobody has seen room since. Set by transmitters, cleared by the waiting thread. */
    private volatile boolean refused;

    TunLink(TunSettings settings, Clock clock) {
        this.clock = clock;
        device = TunDevice.open(settings);
        fd = device.fd();
        headerBytes = device.headerBytes();
        boolean complete = false;
        try {
            wait = new LinkWait(fd);
            capabilities = settings.offload()
                    ? new LinkCapabilities(device.mtu(), Packet.MAX_LENGTH, true)
                    : LinkCapabilities.plain(device.mtu());
            complete = true;
        } finally {
            if (!complete) {
                device.close();
            }
        }
        guard = new UseGuard(this::release);
    }

    /**
     * Opens an interface with offloads: one that exists already is attached to and left as it is; otherwise one is created
     * with an MTU of 1,500 and without addresses, brought up, and removed at {@link #close}.
     *
     * @throws IllegalArgumentException for a name that no interface can have
     * @throws java.io.UncheckedIOException if it cannot be opened; its message says what to do
     */
    public static TunLink open(String name) {
        return builder(name).open();
    }

    /** Starts to describe the interface to open. */
    public static TunLinkBuilder builder(String name) {
        return new TunLinkBuilder(name);
    }

    @Override
    public String name() {
        return device.name();
    }

    /** The MTU is the interface's at the time of opening. */
    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /** What went through the link; live. */
    public CounterSet<TunCounter> counters() {
        return counters;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A packet for an interface that is down or gone, and one for a closed link, is counted and dropped as on a broken
     * wire: {@link #receive} and {@link #awaitWork} tell that the link is down.
     *
     * @throws IllegalArgumentException for a packet that needs an offload which {@link #capabilities()} does not offer
     */
    @Override
    public boolean transmit(Packet packet) {
        int start = startOf(packet);
        if (!guard.enter()) {
            counters.increment(TunCounter.TxDropped);
            return true;
        }
        try {
            while (write(packet, start) < 0) {
                int errno = LibC.errno();
                if (errno == LibC.EAGAIN) {
                    refused = true;
                    wait.signal(); // who waits now does not yet wait for room
                    return false;
                }
                if (errno != LibC.EINTR) {
                    counters.increment(isDown(errno) ? TunCounter.TxDropped : TunCounter.TxErrors);
                    return true;
                }
            }
        } finally {
            guard.exit();
        }
        counters.increment(TunCounter.TxPackets);
        counters.add(TunCounter.TxBytes, packet.length());
        return true;
    }

    /** Writes the link's header, if it has one, and returns where the packet with it starts. */
    private int startOf(Packet packet) {
        if (headerBytes > 0) {
            return VirtioHeader.writeInFrontOf(packet);
        }
        if (packet.gsoSize() > 0 || packet.checksumStart() >= 0) {
            throw new IllegalArgumentException(name() + " was opened without offloads");
        }
        return packet.offset();
    }

    private long write(Packet packet, int start) {
        try {
            if (packet.sliceCount() == 0) {
                int length = packet.offset() + packet.headLength() - start;
                return LibC.write(fd, NativeMemory.addressOf(packet) + start, length);
            }
            GatherArea area = gatherAreas.take();
            long written = area.write(fd, packet, start);
            gatherAreas.giveBack(area);
            return written;
        } finally {
            Reference.reachabilityFence(packet); // its slices, too
        }
    }

    private static boolean isDown(int errno) {
        return errno == LibC.EIO || isGone(errno);
    }

    private static boolean isGone(int errno) {
        return errno == LibC.EBADFD || errno == LibC.EBADF || errno == LibC.ENODEV;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the packet cannot hold what may come: 65,535 bytes with offloads, else the MTU
     */
    @Override
    public boolean receive(Packet into) {
        int room = Math.min(into.capacity(), Packet.MAX_LENGTH);
        if (room < (headerBytes > 0 ? Packet.MAX_LENGTH : capabilities.mtu())) {
            throw new IllegalArgumentException("the packet holds only " + into.capacity() + " bytes");
        }
        into.reset();
        long address = NativeMemory.addressOf(into) + Packet.HEADROOM - headerBytes;
        enterOrFail();
        try {
            while (true) {
                long read = LibC.read(fd, address, (long) headerBytes + room);
                if (read >= headerBytes) {
                    into.head(Packet.HEADROOM, (int) read - headerBytes);
                    if (headerBytes == 0 || VirtioHeader.readInFrontOf(into)) {
                        counters.increment(TunCounter.RxPackets);
                        counters.add(TunCounter.RxBytes, into.headLength());
                        return true;
                    }
                    into.reset();
                } else if (read < 0) {
                    int errno = LibC.errno();
                    if (errno == LibC.EAGAIN) {
                        return false;
                    }
                    if (isGone(errno)) {
                        throw gone();
                    }
                    if (errno == LibC.EINTR) {
                        continue;
                    }
                }
                counters.increment(TunCounter.RxErrors);
            }
        } finally {
            guard.exit();
            Reference.reachabilityFence(into);
        }
    }

    /** {@code Clock.NEVER}: the device wakes {@link #awaitWork} whenever it has a packet. */
    @Override
    public long nextDeadline() {
        return Clock.NEVER;
    }

    @Override
    public void awaitWork(long untilNs) {
        enterOrFail();
        int ready;
        try {
            long timeoutNs = untilNs == Clock.NEVER ? Clock.NEVER : untilNs - clock.nanoTime();
            ready = wait.await(timeoutNs, refused);
        } finally {
            guard.exit();
        }
        if (guard.isClosed()) {
            throw closed();
        }
        if ((ready & (LibC.POLLERR | LibC.POLLHUP | LibC.POLLNVAL)) != 0) {
            throw gone();
        }
        if ((ready & LibC.POLLOUT) != 0) {
            refused = false;
        }
    }

    @Override
    public void wakeup() {
        if (guard.enter()) {
            try {
                wait.signal();
            } finally {
                guard.exit();
            }
        }
    }

    /**
     * {@inheritDoc} Returns when no call uses the device any more: an interface that was created is then gone, one that was
     * attached to has its own header and offloads again.
     */
    @Override
    public void close() {
        if (guard.close()) {
            try {
                wait.signal();
            } finally {
                guard.exit();
            }
        }
        guard.awaitRelease();
    }

    private void release() {
        wait.close();
        device.close();
    }

    private void enterOrFail() {
        if (!guard.enter()) {
            throw closed();
        }
    }

    private LinkDownException closed() {
        return new LinkDownException(name() + " was closed");
    }

    private LinkDownException gone() {
        return new LinkDownException(name() + " was removed from the system");
    }

    @Override
    public String toString() {
        return "TunLink[" + name() + "]";
    }
}
