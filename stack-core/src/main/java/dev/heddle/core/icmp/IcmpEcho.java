package dev.heddle.core.icmp;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.LocalAddresses;
import java.nio.ByteBuffer;

/** Answers echo requests (RFC 1122 3.2.2.6, RFC 4443 4.2). */
final class IcmpEcho {

    private static final int DSCP = 0xfc;

    private final CounterSet<IcmpCounter> counters;
    private final MessageOutput output;

    IcmpEcho(CounterSet<IcmpCounter> counters, MessageOutput output) {
        this.counters = counters;
        this.output = output;
    }

    /** Answers a request over IPv4; one to a broadcast or multicast address may be, and is, discarded silently. */
    void answerIpv4(Packet request, IcmpMessage message, LocalAddresses local) {
        if (local.isBroadcast(0, request.destinationLow) || IpAddress.isMulticast(0, request.destinationLow)) {
            return;
        }
        // RFC 1122 3.2.2.6: from the address that the request was sent to, with all of its data
        if (answer(request, message, request.destinationHigh, request.destinationLow)) {
            counters.increment(IcmpCounter.IcmpOutMsgs);
            counters.increment(IcmpCounter.IcmpOutEchoReps);
        }
    }

    /** Answers a request over IPv6, also one to all nodes (RFC 4443 4.2). */
    void answerIpv6(Packet request, IcmpMessage message, LocalAddresses local) {
        if (IpAddress.isAny(request.sourceHigh, request.sourceLow)) {
            return;
        }
        IpAddress source = IpAddress.isMulticast(request.destinationHigh, request.destinationLow)
                ? local.sourceFor(request.sourceHigh, request.sourceLow)
                : IpAddress.of(request.destinationHigh, request.destinationLow);
        if (source != null && answer(request, message, source.high(), source.low())) {
            counters.increment(IcmpCounter.Icmp6OutMsgs);
            counters.increment(IcmpCounter.Icmp6OutEchoReplies);
        }
    }

    private boolean answer(Packet request, IcmpMessage message, long sourceHigh, long sourceLow) {
        int bytes = request.transportLength;
        Packet reply = output.acquire(bytes);
        if (reply == null) {
            return false;
        }
        boolean ipv4 = request.protocol == IcmpMessage.PROTOCOL_V4;
        int at = Packet.HEADROOM;
        ByteBuffer b = reply.buffer();
        reply.head(at, bytes);
        IcmpMessage.write(
                b,
                at,
                ipv4 ? IcmpTypes.V4_ECHO_REPLY : IcmpTypes.V6_ECHO_REPLY,
                0,
                message.identifier() << 16 | message.sequence());
        b.put(at + IcmpMessage.HEADER_BYTES, message.buffer(), message.bodyOffset(), message.bodyLength());
        long pseudoSum = ipv4
                ? 0
                : Checksum.pseudoHeader(
                        sourceHigh, sourceLow, request.sourceHigh, request.sourceLow, request.protocol, bytes);
        IcmpMessage.checksum(b, at, Checksum.finish(Checksum.add(b, at, bytes, pseudoSum)));
        output.transmit(
                reply,
                sourceHigh,
                sourceLow,
                request.sourceHigh,
                request.sourceLow,
                request.protocol,
                request.trafficClass & DSCP);
        return true;
    }
}
