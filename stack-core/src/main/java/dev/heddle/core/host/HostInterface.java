package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.icmp.IcmpErrorSender;
import dev.heddle.core.icmp.IcmpInput;
import dev.heddle.core.icmp.MessageOutput;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpInput;
import dev.heddle.core.ip.IpLocalAddresses;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketSink;
import dev.heddle.core.link.SoftwareOffload;
import dev.heddle.core.tcp.PathProperties;
import dev.heddle.core.udp.Delivery;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.udp.UdpInput;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.UdpHeader;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** One of a host's interfaces: where packets go, and what belongs to the pump role of those that come. */
public final class HostInterface {

    private final Host host;
    private final int index;
    private final String name;
    private final LinkCapabilities capabilities;
    private final PacketSink sink;
    private final @Nullable SoftwareOffload offload;
    private final IpLocalAddresses addresses;
    private final boolean loopback;
    private final PathProperties ipv4Path;
    private final PathProperties ipv6Path;
    private final Driver driver;
    private final KeptSegments kept = new KeptSegments();
    private final RefusedElsewhere refused = new RefusedElsewhere();

    /** The endpoints that wait until no datagram is kept any more. */
    private final Queue<UdpEndpoint> senders = new ConcurrentLinkedQueue<>();

    /* Used by the holder of the pump role. */
    private final IpInput ipInput;
    private final IcmpInput icmpInput;
    private final UdpInput udpInput;
    private final IcmpErrorSender icmpErrors;

    /** Null if nobody observes. */
    private final DropReports.@Nullable Watch drops;

    private final CounterSet<Refusal> refusals;

    private volatile boolean down;

    HostInterface(
            Host host,
            int index,
            String name,
            LinkCapabilities linkCapabilities,
            PacketSink sink,
            List<IpPrefix> prefixes) {
        this.host = host;
        this.index = index;
        this.name = name;
        addresses = IpLocalAddresses.of(prefixes);
        loopback = prefixes.stream().anyMatch(p -> p.address().isLoopback());
        if (linkCapabilities.transmitChecksum() && linkCapabilities.maxSuperSegmentBytes() >= Packet.MAX_LENGTH) {
            offload = null;
            this.sink = sink;
            capabilities = linkCapabilities;
        } else {
            offload = new SoftwareOffload(sink, linkCapabilities);
            this.sink = offload;
            capabilities = offload.capabilities();
        }
        ipv4Path = pathFor(IpOutput.headerBytes(true));
        ipv6Path = pathFor(IpOutput.headerBytes(false));
        driver = new Driver(host.clock(), host.dropReports());
        HostCounters counters = host.counters();
        DropReports reports = host.dropReports();
        drops = reports == null ? null : reports.new Watch(this);
        refusals = drops == null ? counters.refusals() : drops.over(counters.refusals());
        ipInput = new IpInput(counters.ip(), refusals, loopback);
        MessageOutput answers = host.messages().on(index);
        icmpInput = new IcmpInput(counters.icmp(), refusals, answers, this::replyArrives);
        icmpErrors = new IcmpErrorSender(counters.icmp(), answers, host.errorLimit());
        udpInput = new UdpInput(counters.udp(), refusals, this::datagramArrives);
    }

    private Delivery datagramArrives(Packet packet, UdpHeader header) {
        Delivery delivery = host.datagrams().arrives(this, packet, header);
        if (drops != null) {
            boolean ipv4 = IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow);
            switch (delivery) {
                case DELIVERED -> {
                    // nothing was dropped
                }
                case NO_PORT -> drops.because(UdpCounter.noPorts(ipv4));
                case BUFFER_FULL -> drops.because(UdpCounter.rcvbufErrors(ipv4));
                case NO_MEMORY -> drops.because(UdpCounter.memErrors(ipv4));
            }
        }
        return delivery;
    }

    private void replyArrives(Packet packet, IcmpMessage reply) {
        host.echoes().replyArrives(packet, reply, driver.batch());
    }

    private PathProperties pathFor(int headerBytes) {
        int longest = Math.max(capabilities.mtu(), capabilities.maxSuperSegmentBytes());
        return new PathProperties(capabilities.mtu(), headerBytes, longest - headerBytes);
    }

    /** The number that routes and link-local addresses name it by, from 1. */
    public int index() {
        return index;
    }

    public String name() {
        return name;
    }

    /** What TCP may use here: the link's own abilities or those that software lends it. */
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /** Its addresses with their networks. */
    public List<IpPrefix> prefixes() {
        return addresses.prefixes();
    }

    /** Whether its link works. */
    public boolean isUp() {
        return !down;
    }

    Host host() {
        return host;
    }

    IpLocalAddresses addresses() {
        return addresses;
    }

    boolean isLoopback() {
        return loopback;
    }

    Driver driver() {
        return driver;
    }

    IpInput ipInput() {
        return ipInput;
    }

    IcmpInput icmpInput() {
        return icmpInput;
    }

    /** What comes by this interface is dropped for; null if nobody observes. */
    DropReports.@Nullable Watch drops() {
        return drops;
    }

    /** Where the malformed packets of this interface are counted. */
    CounterSet<Refusal> refusals() {
        return refusals;
    }

    /** Tells the senders of packets that came by this interface. */
    IcmpErrorSender icmpErrors() {
        return icmpErrors;
    }

    UdpInput udpInput() {
        return udpInput;
    }

    PathProperties path(boolean ipv4) {
        return ipv4 ? ipv4Path : ipv6Path;
    }

    int scopeOf(long high, long low) {
        return TcpInput.scope(index, high, low);
    }

    /** Its link is gone for good. Who has another way takes it from now on. */
    void linkDown() {
        down = true;
        host.outbound().paths().rerouted();
    }

    /** What became of a packet. */
    enum Sending {
        SENT,
        /** There is no room now. */
        REFUSED,
        /** The link is broken. */
        LOST
    }

    /** Sends a packet, which stays the caller's. */
    Sending transmit(Packet packet) {
        if (down) {
            return Sending.LOST;
        }
        CallQueue calls = host.isHandDriven() ? CallQueue.ofThread() : null;
        if (calls != null) {
            calls.enterSink();
        }
        try {
            return sink.transmit(packet) ? Sending.SENT : Sending.REFUSED;
        } catch (LinkDownException e) {
            // The pump finds the same when it reads.
            linkDown();
            return Sending.LOST;
        } finally {
            if (calls != null) {
                calls.leaveSink();
            }
        }
    }

    /** Keeps a segment that {@link #transmit} has refused until there is room; false if too many wait. Any thread. */
    boolean keep(Packet segment) {
        if (!kept.keep(segment)) {
            return false;
        }
        // Room may have come since the refusal, and the link has told a pump that knew of nothing.
        driver.wake();
        return true;
    }

    /** The same for a packet of a datagram that {@link #hasRoom()} has allowed; false only once the host is closed. Any thread. */
    boolean keepDatagram(Packet packet) {
        if (!kept.keepDatagram(packet)) {
            return false;
        }
        driver.wake();
        return true;
    }

    /** Whether a datagram may be sent: nothing waits for room. Any thread. */
    boolean hasRoom() {
        return kept.isEmpty();
    }

    /**
     * Lets an endpoint hear when nothing waits for room any more. Any thread.
     *
     * @return whether that is so already
     */
    boolean awaitRoom(UdpEndpoint sender) {
        senders.add(sender);
        // What waited may have gone before, when nobody was to be told.
        return kept.isEmpty();
    }

    /** Lets a connection that is at home elsewhere, and was refused here, try again when there is room. Any thread. */
    void awaitRoom(TcpConnection connection) {
        refused.add(connection);
        if (!driver.isRoleMine()) {
            // Room may have come since the refusal, and the link has told a pump that knew of nothing.
            driver.wake();
        }
    }

    /** Sends what was kept, as far as there is room; on the pump role. */
    private void sendKept() {
        for (Packet segment = kept.poll(); segment != null; segment = kept.poll()) {
            Sending sending = transmit(segment);
            if (sending == Sending.REFUSED && kept.putBack(segment)) {
                return;
            }
            if (sending == Sending.SENT) {
                host.outbound().giveBack(segment);
            } else {
                giveUp(segment);
            }
        }
        for (UdpEndpoint sender = senders.poll(); sender != null; sender = senders.poll()) {
            sender.roomAvailable(driver.batch());
        }
    }

    /** Gives back what was kept, and keeps nothing any more. */
    void dropKept() {
        refused.clear();
        senders.clear();
        kept.close();
        for (Packet segment = kept.poll(); segment != null; segment = kept.poll()) {
            giveUp(segment);
        }
        giveUpRest();
    }

    private void giveUp(Packet segment) {
        givenUp((segment.buffer().get(segment.offset()) & 0xf0) == 0x40, segment.length());
        host.outbound().giveBack(segment);
    }

    private void giveUpRest() {
        SoftwareOffload.Rest rest = offload == null ? null : offload.giveUp();
        if (rest != null) {
            givenUp(rest.ipv4(), rest.bytes());
        }
    }

    /** What was kept is not sent any more; it is counted, and told at the end of the batch or of the call. */
    private void givenUp(boolean isIpv4, int bytes) {
        IpCounter why = IpCounter.outDiscards(isIpv4);
        host.counters().ip().increment(why);
        DropReports reports = host.dropReports();
        if (reports != null) {
            reports.keptPacketGivenUp(why, this, bytes);
        }
    }

    /** The link may have room: sends what had none before; on the pump role. */
    void retry() {
        flushOffload();
        sendKept();
        driver.retryBlocked();
        refused.retry(driver.batch());
    }

    /** Sends what of a super-segment had no room before; on the pump role. */
    private void flushOffload() {
        if (offload == null) {
            return;
        }
        if (down) {
            giveUpRest();
            return;
        }
        CallQueue calls = host.isHandDriven() ? CallQueue.ofThread() : null;
        if (calls != null) {
            calls.enterSink();
        }
        try {
            offload.flush();
        } catch (LinkDownException e) {
            linkDown();
            giveUpRest();
        } finally {
            if (calls != null) {
                calls.leaveSink();
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
