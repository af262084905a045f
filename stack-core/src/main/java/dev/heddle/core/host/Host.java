package dev.heddle.core.host;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.icmp.ErrorLimit;
import dev.heddle.core.icmp.ErrorRateLimit;
import dev.heddle.core.icmp.IcmpErrorSender;
import dev.heddle.core.ip.RoutingTable;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.link.PacketSink;
import dev.heddle.core.tcp.ChallengeAckLimit;
import dev.heddle.core.tcp.InitialSequence;
import dev.heddle.core.tcp.Orphans;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpEvents;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One IP host: its interfaces, addresses and routes, its endpoints, and what dispatches packets to them.
 *
 * <p>A host is driven by {@link LinkPump}s, one for each interface, or by hand: packets go in by {@link #inject} and come
 * out at the sink of {@link #addInterface}, {@link #nextDeadline} and {@link #runTimers} move time. By hand, one thread at
 * a time injects and runs timers, and every call runs to completion: calls made from inside a sink are queued and run
 * before the outermost call returns. Endpoints may be used by any thread.
 */
public final class Host implements AutoCloseable {

    /* As Linux's icmp_msgs_burst and icmp_ratelimit. */
    private static final int ICMP_ERROR_BURST = 50;
    private static final int ICMP_ERRORS_PER_DESTINATION = 1;

    private final HostConfig config;
    private final Clock clock;
    private final BufferPool bufferPool;
    private final PacketPool packets;
    private final HostCounters counters = HostCounters.create();
    private final TcpContext tcpContext;
    private final Outbound outbound;
    private final MessageOutbound messages;
    private final UdpOutbound udpOutbound;
    private final Datagrams datagrams;
    private final Echoes echoes;
    private final LockedErrorLimit errorLimit;
    private final Network network = new Network(this);
    private final HandDriver handDriver;
    private final TcbTable table;
    private final ListenerTable listeners = new ListenerTable();
    private final PortAllocator ports;
    private final TimeWaitTable timeWaits;
    private final MemoryQueue memoryQueue;
    private final AheadHolders aheadHolders;
    private final Leftovers leftovers = new Leftovers();
    private final Fragments fragments;

    /** Null if nobody observes. */
    private final @Nullable DropReports dropReports;

    private final Inbound inbound;
    private final ActiveOpen activeOpen;

    private volatile boolean closed;

    private Host(HostConfig config, Clock clock, RandomGenerator random) {
        this.config = config;
        this.clock = clock;
        TcpConfig tcp = config.tcp();
        bufferPool = new BufferPool(config.memoryLimitBytes(), config.chunkBytes());
        packets = new PacketPool(bufferPool);
        handDriver = new HandDriver(this, network, packets, clock);
        KeyedHash hash = new KeyedHash(random);
        Identifications identifications = new Identifications(random);
        dropReports = config.observer() == HostObserver.NONE ? null : new DropReports(config.observer());
        outbound = new Outbound(this, packets, new KeyedHash(random), identifications, counters.ip());
        DatagramOutbound datagramOutbound =
                new DatagramOutbound(outbound.paths(), packets, identifications, counters.ip(), clock, dropReports);
        messages = new MessageOutbound(outbound, datagramOutbound, packets, counters.ip(), dropReports);
        udpOutbound = new UdpOutbound(this, datagramOutbound, packets, counters.udp());
        datagrams = new Datagrams(this, random);
        echoes = new Echoes(this, datagramOutbound, random);
        tcpContext = new TcpContext(
                tcp,
                outbound,
                bufferPool,
                counters.tcp(),
                config.congestionControls(),
                new ChallengeAckLimit(tcp.challengeAcksPerSecond(), random),
                new InitialSequence(random),
                new Orphans(tcp.maxOrphans()),
                TcpEvents.NONE);
        table = new TcbTable(hash);
        ports = new PortAllocator(tcp.firstEphemeralPort(), tcp.lastEphemeralPort(), new KeyedHash(random), random);
        timeWaits = new TimeWaitTable(table, ports, tcpContext, RecordReports.of(this));
        memoryQueue = new MemoryQueue(bufferPool, clock);
        aheadHolders = new AheadHolders(bufferPool, clock);
        errorLimit = errorLimit(config, random);
        IcmpErrorSender errors = new IcmpErrorSender(counters.icmp(), messages, errorLimit);
        fragments = new Fragments(network, packets, counters, errors, dropReports, config.reassemblyLimitBytes());
        inbound = new Inbound(this, fragments);
        activeOpen = new ActiveOpen(this);
    }

    private LockedErrorLimit errorLimit(HostConfig limits, RandomGenerator random) {
        return new LockedErrorLimit(new ErrorRateLimit(
                limits.icmpErrorsPerSecond(), ICMP_ERROR_BURST, ICMP_ERRORS_PER_DESTINATION, random, counters.icmp()));
    }

    /**
     * Makes a host without interfaces.
     *
     * @param random draws secrets: thread-safe and cryptographic in production, a seeded named algorithm in simulation
     */
    public static Host create(HostConfig config, Clock clock, RandomGenerator random) {
        return new Host(config, clock, random);
    }

    /**
     * Adds an interface with routes to the networks of its addresses. What the link cannot do is done in software before
     * packets reach the sink. An interface with a loopback address is the way from the host to itself.
     *
     * @param sink called under the sending connection's lock, see {@link PacketSink}
     * @param addresses the interface's addresses with their networks, such as {@code 192.0.2.2/24}
     */
    public HostInterface addInterface(
            String name, LinkCapabilities capabilities, PacketSink sink, List<IpPrefix> addresses) {
        return network.add(name, capabilities, sink, addresses);
    }

    /**
     * Adds the way to itself to a host that is driven by hand: 127.0.0.0/8, ::1 and its own addresses. A host that pumps drive
     * has a {@link LoopbackLink} for that.
     */
    public HostInterface addLoopback() {
        return HandLoopback.addTo(this);
    }

    /** Adds a route with the metric 0; a default route has the prefix {@code 0.0.0.0/0} or {@code ::/0}. */
    public void addRoute(IpPrefix destination, @Nullable IpAddress gateway, HostInterface via) {
        addRoute(destination, gateway, via, 0);
    }

    /**
     * Adds a route. Of those to one destination the longest prefix, then the lowest metric is taken; as long as its interface
     * is down, the next.
     *
     * @param gateway null if the destination is on the interface's own link
     * @param metric not negative
     */
    public void addRoute(IpPrefix destination, @Nullable IpAddress gateway, HostInterface via, int metric) {
        network.addRoute(new RoutingTable.Route(destination, gateway, via.index(), metric, null));
        outbound.paths().rerouted();
    }

    /** Removes a route with whatever metric; false if there was none. */
    public boolean removeRoute(IpPrefix destination, @Nullable IpAddress gateway, HostInterface via) {
        boolean removed = network.removeRoute(destination, gateway, via);
        outbound.paths().rerouted();
        return removed;
    }

    /**
     * Takes a packet that has arrived on an interface. The packet stays the caller's.
     *
     * @param packet contiguous; {@link Packet#arrivalNs} is set here
     * @throws IllegalStateException if pumps drive this host
     */
    public void inject(HostInterface in, Packet packet) {
        handDriver.inject(in, packet);
    }

    /** Begins a batch: what is injected until {@link #endBatch} is answered there. */
    public void beginBatch(HostInterface in) {
        handDriver.beginBatch();
    }

    /** Ends a batch: sends the answers, then wakes. */
    public void endBatch(HostInterface in) {
        handDriver.endBatch();
    }

    /** The sink has room again after it refused a packet: connections that wait for that go on. */
    public void linkReady(HostInterface on) {
        handDriver.linkReady(on);
    }

    /**
     * When {@link #runTimers} wants to be called next; {@link Clock#NEVER} if never. It may be too early, if a deadline has
     * moved later since, never too late; but a call of the application on another thread may bring it forward, and an
     * embedder that has such threads asks again after their calls.
     */
    public long nextDeadline() {
        return handDriver.nextDeadline();
    }

    /** Runs the timers that are due, and lets those go on that a full link has stopped. */
    public void runTimers() {
        handDriver.runTimers();
    }

    /** Does what is left at the end of a call into a host that is driven by hand. */
    void settle() {
        handDriver.settle();
    }

    /** Makes an unbound TCP endpoint. */
    public TcpEndpoint tcpEndpoint() {
        return new TcpEndpoint(this);
    }

    /** Makes an unbound UDP endpoint. */
    public UdpEndpoint udpEndpoint() {
        return new UdpEndpoint(this);
    }

    /** Makes an endpoint that asks other hosts for echoes. */
    public EchoEndpoint echoEndpoint() {
        return new EchoEndpoint(this);
    }

    /** Every UDP endpoint of about this moment that is bound. */
    public List<DatagramEndpointInfo> datagramEndpoints() {
        return datagrams.table().all().stream()
                .map(UdpEndpoint::info)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Every listener, connection, handshake and TIME-WAIT record of about this moment. */
    public List<EndpointInfo> endpoints() {
        return endpointStream().toList();
    }

    /** The same, but each is looked at only when the stream comes to it: for who passes on what may be a million. */
    public Stream<EndpointInfo> endpointStream() {
        return Stream.concat(
                listeners.all().stream().map(EndpointInfo::of),
                table.entries().stream().map(EndpointInfo::of));
    }

    public HostCounters counters() {
        return counters;
    }

    /** The memory of all buffers of this host. */
    public BufferPool bufferPool() {
        return bufferPool;
    }

    public HostConfig config() {
        return config;
    }

    /** The interfaces in the order of their addition. */
    public List<HostInterface> interfaces() {
        return network.interfaces();
    }

    public RoutingTable routes() {
        return network.routes();
    }

    public boolean isClosed() {
        return closed;
    }

    /** Closes every listener, UDP and echo endpoint, resets every connection and gives all memory back. Idempotent; any thread. */
    @Override
    public void close() {
        call(() -> {
            closed = true;
            listeners.all().forEach(TcpListener::close);
            datagrams.close();
            echoes.close();
            List<TcpConnection> connections = new ArrayList<>();
            for (TableEntry entry : table.entries()) {
                if (entry instanceof TcpConnection connection) {
                    connections.add(connection);
                }
            }
            connections.addAll(leftovers.all());
            try {
                end(connections);
            } finally {
                timeWaits.close();
                fragments.close();
                interfaces().forEach(HostInterface::dropKept);
                tellDrops();
            }
        });
    }

    /** Ends every connection, also when the reset of one has an embedder's sink throw. */
    private static void end(List<TcpConnection> connections) {
        RuntimeException failure = null;
        for (TcpConnection connection : connections) {
            try {
                connection.calls().hostClosed();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    // ---- for the other classes of this package

    /** Begins a call of the application that has a result; goes with {@link #end}. Null if pumps drive the host. */
    @Nullable CallQueue begin() {
        if (!handDriver.isInCharge()) {
            return null;
        }
        CallQueue calls = CallQueue.ofThread();
        calls.begin();
        return calls;
    }

    void end(@Nullable CallQueue calls) {
        if (calls != null) {
            calls.end(this);
        }
    }

    /** Makes a call of the application that has no result. */
    void call(Runnable call) {
        if (handDriver.isInCharge()) {
            CallQueue.ofThread().call(this, call);
        } else {
            call.run();
        }
    }

    /** Takes a packet on the pump role of its interface. */
    void receive(HostInterface in, Packet packet) {
        if (!closed) {
            inbound.packetArrives(in, packet);
        }
    }

    /**
     * The link of an interface is gone for good; on its pump role. Its addresses stay, so that connections go on where another
     * route leads to their peers; those without one fail.
     */
    void linkDown(HostInterface gone) {
        gone.linkDown();
        Batch batch = gone.driver().batch();
        listeners.all().forEach(TcpListener::networkDown);
        for (TableEntry entry : table.entries()) {
            if (entry instanceof TcpConnection connection && outbound.isCutOff(connection.pair())) {
                connection.networkDown(batch);
            }
        }
        batch.finish();
    }

    boolean isHandDriven() {
        return handDriver.isInCharge();
    }

    /** From now on pumps drive this host. */
    void pumped() {
        handDriver.pumped();
    }

    Clock clock() {
        return clock;
    }

    PacketPool packets() {
        return packets;
    }

    @Nullable DropReports dropReports() {
        return dropReports;
    }

    /** Tells what was dropped outside of any batch; with no lock held. */
    void tellDrops() {
        if (dropReports != null) {
            dropReports.fire();
        }
    }

    TcpContext tcpContext() {
        return tcpContext;
    }

    Outbound outbound() {
        return outbound;
    }

    MessageOutbound messages() {
        return messages;
    }

    UdpOutbound udpOutbound() {
        return udpOutbound;
    }

    Datagrams datagrams() {
        return datagrams;
    }

    Echoes echoes() {
        return echoes;
    }

    ErrorLimit errorLimit() {
        return errorLimit;
    }

    TcbTable table() {
        return table;
    }

    ListenerTable listeners() {
        return listeners;
    }

    PortAllocator ports() {
        return ports;
    }

    TimeWaitTable timeWaits() {
        return timeWaits;
    }

    MemoryQueue memoryQueue() {
        return memoryQueue;
    }

    AheadHolders aheadHolders() {
        return aheadHolders;
    }

    Leftovers leftovers() {
        return leftovers;
    }

    TcpInput tcpInput() {
        return inbound.tcp();
    }

    ActiveOpen activeOpen() {
        return activeOpen;
    }

    Network network() {
        return network;
    }
}
