package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.udp.Delivery;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.UdpHeader;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A host's UDP endpoints by name: brings them the datagrams that come, and what ICMP says of those that have gone. Any thread. */
final class Datagrams {

    /** How often an endpoint may change its name under one datagram before the datagram counts as lost. */
    private static final int ATTEMPTS = 16;

    private final Host host;
    private final RandomGenerator random;
    private final DatagramTable table = new DatagramTable();

    /** Excludes the making of {@link #ports}; a leaf. */
    private final ReentrantLock making = new ReentrantLock();

    /** Made for the first endpoint, so that a host without any draws no random numbers for them. Set once, under making. */
    private volatile @Nullable PortAllocator ports;

    Datagrams(Host host, RandomGenerator random) {
        this.host = host;
        this.random = random;
    }

    DatagramTable table() {
        return table;
    }

    PortAllocator ports() {
        PortAllocator made = ports;
        if (made != null) {
            return made;
        }
        making.lock();
        try {
            made = ports;
            if (made == null) {
                TcpConfig config = host.config().tcp();
                made = new PortAllocator(
                        config.firstEphemeralPort(), config.lastEphemeralPort(), new KeyedHash(random), random);
                ports = made;
            }
            return made;
        } finally {
            making.unlock();
        }
    }

    /** Takes a datagram that was found right; on the pump role of its interface. */
    Delivery arrives(HostInterface in, Packet packet, UdpHeader header) {
        boolean toGroup = IpAddress.isMulticast(packet.destinationHigh, packet.destinationLow)
                || host.network().localAddresses().isBroadcast(packet.destinationHigh, packet.destinationLow);
        return toGroup ? toAll(in, packet, header) : toBest(in, packet, header);
    }

    private Delivery toBest(HostInterface in, Packet packet, UdpHeader header) {
        int scope = in.scopeOf(packet.sourceHigh, packet.sourceLow);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            UdpEndpoint best = null;
            DatagramName bestName = null;
            int bestScore = DatagramName.NOT_MINE;
            for (UdpEndpoint endpoint : table.at(header.destinationPort())) {
                DatagramName name = endpoint.name();
                int score = name == null ? DatagramName.NOT_MINE : name.score(packet, header.sourcePort(), scope);
                if (score > bestScore) {
                    best = endpoint;
                    bestName = name;
                    bestScore = score;
                }
            }
            if (best == null || bestName == null) {
                return Delivery.NO_PORT;
            }
            Delivery delivery =
                    best.arrives(packet, header, bestName, in.driver().batch());
            if (delivery != null) {
                return delivery;
            }
        }
        return Delivery.BUFFER_FULL;
    }

    /** Every endpoint that a broadcast is for gets a copy. */
    private Delivery toAll(HostInterface in, Packet packet, UdpHeader header) {
        int scope = in.scopeOf(packet.sourceHigh, packet.sourceLow);
        Delivery outcome = Delivery.NO_PORT;
        for (UdpEndpoint endpoint : table.at(header.destinationPort())) {
            DatagramName name = endpoint.name();
            if (name != null && name.score(packet, header.sourcePort(), scope) != DatagramName.NOT_MINE) {
                Delivery delivery =
                        endpoint.arrives(packet, header, name, in.driver().batch());
                if (delivery != null && outcome != Delivery.DELIVERED) {
                    outcome = delivery;
                }
            }
        }
        return outcome;
    }

    /**
     * An ICMP error goes to the endpoint whose datagram it quotes (RFC 1122 4.1.3.3), if that is connected and trying again
     * would not help: who sends to many could not tell which of his datagrams is meant.
     */
    void errorArrives(HostInterface in, IcmpError error) {
        if (!error.kind().isHard()) {
            return;
        }
        int scope = in.scopeOf(error.remoteHigh(), error.remoteLow());
        for (UdpEndpoint endpoint : table.at(error.localPort())) {
            DatagramName name = endpoint.name();
            if (name != null
                    && name.isConnectionOf(
                            error.localHigh(),
                            error.localLow(),
                            error.remoteHigh(),
                            error.remoteLow(),
                            error.remotePort(),
                            scope)) {
                Failure failure = IcmpErrors.failureOf(error.kind());
                endpoint.failed(failure, name, in.driver().batch());
                return;
            }
        }
    }

    /** Closes every endpoint that is bound. */
    void close() {
        table.all().forEach(UdpEndpoint::close);
    }
}
