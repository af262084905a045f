package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.icmp.EchoOutput;
import dev.heddle.core.icmp.IcmpCounter;
import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;

/** A host's echo endpoints by identifier: sends their requests, and brings them what comes in answer. Any thread. */
final class Echoes {

    private static final int IDENTIFIERS = 65_536;

    /** Any address of this host: the route decides. */
    private static final DatagramName FROM_ANY = DatagramName.bound(IpAddress.ANY_V6, 0);

    private final Host host;
    private final DatagramOutbound datagrams;

    /** Draws identifiers, so that who has not seen a request cannot tell the name of its reply. */
    private final RandomGenerator random;

    private final ConcurrentMap<Integer, EchoEndpoint> endpoints = new ConcurrentHashMap<>();

    Echoes(Host host, DatagramOutbound datagrams, RandomGenerator random) {
        this.host = host;
        this.datagrams = datagrams;
        this.random = random;
    }

    /** Gives an endpoint an identifier; {@link EchoEndpoint#NO_IDENTIFIER} if all are taken. */
    int register(EchoEndpoint endpoint) {
        int first = random.nextInt(IDENTIFIERS);
        for (int i = 0; i < IDENTIFIERS; i++) {
            int identifier = (first + i) % IDENTIFIERS;
            if (endpoints.putIfAbsent(identifier, endpoint) == null) {
                return identifier;
            }
        }
        return EchoEndpoint.NO_IDENTIFIER;
    }

    void unregister(int identifier, EchoEndpoint endpoint) {
        endpoints.remove(identifier, endpoint);
    }

    /** As {@link EchoEndpoint#send}. */
    Failure send(IpAddress target, int identifier, int sequence, byte[] data, int offset, int length, int hopLimit) {
        UdpOutbound.Way way = host.udpOutbound().way(FROM_ANY, target, false);
        HostInterface out = way.out();
        if (out == null) {
            int protocol = target.isIpv4() ? IcmpMessage.PROTOCOL_V4 : IcmpMessage.PROTOCOL_V6;
            return host.udpOutbound().noWay(way, target, protocol, IcmpMessage.HEADER_BYTES + length);
        }
        IpAddress source = way.source();
        Packet request = host.packets().forLength(IcmpMessage.HEADER_BYTES + length);
        if (request == null) {
            return Failure.NO_BUFFER_SPACE;
        }
        EchoOutput.write(request, source, target, identifier, sequence, data, offset, length);
        boolean isIpv4 = target.isIpv4();
        boolean sent = datagrams.send(
                out,
                datagrams.mtu(out, target.high(), target.low(), out.scopeOf(target.high(), target.low())),
                request,
                datagrams.header(
                        source.high(),
                        source.low(),
                        target.high(),
                        target.low(),
                        isIpv4 ? IcmpMessage.PROTOCOL_V4 : IcmpMessage.PROTOCOL_V6,
                        0,
                        hopLimit),
                false);
        if (!sent) {
            host.tellDrops();
            return out.isUp() ? Failure.NO_BUFFER_SPACE : Failure.NETWORK_DOWN;
        }
        CounterSet<IcmpCounter> counters = host.counters().icmp();
        counters.increment(isIpv4 ? IcmpCounter.IcmpOutMsgs : IcmpCounter.Icmp6OutMsgs);
        counters.increment(isIpv4 ? IcmpCounter.IcmpOutEchos : IcmpCounter.Icmp6OutEchos);
        return Failure.NONE;
    }

    /** On the pump role of the interface that the batch belongs to. */
    void replyArrives(Packet packet, IcmpMessage reply, Batch batch) {
        EchoEndpoint endpoint = endpoints.get(reply.identifier());
        if (endpoint != null) {
            endpoint.replyArrives(packet, reply, batch);
        }
    }

    /** An error about an echo request; the same role. */
    void errorArrives(Packet packet, IcmpError error, Batch batch) {
        EchoEndpoint endpoint = endpoints.get(error.localPort());
        if (endpoint != null) {
            endpoint.errorArrives(packet, error, batch);
        }
    }

    /** Closes every endpoint that has an identifier. */
    void close() {
        List.copyOf(endpoints.values()).forEach(EchoEndpoint::close);
    }
}
