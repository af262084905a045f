package dev.heddle.core.icmp;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Extension;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.LocalAddresses;
import java.nio.ByteBuffer;

/**
 * Tells senders what is wrong with their packets, where RFC 1122 3.2.2 and RFC 4443 2.4 (e) do not forbid it and the limit
 * allows it. Any thread.
 *
 * <p>The packets are contiguous from the IP header on, with their IP fields filled, and stay the caller's.
 */
public final class IcmpErrorSender {

    /** RFC 1812 4.3.2.3. */
    private static final int LONGEST_V4 = 576;

    /** RFC 4443 2.4 (c): the least MTU of IPv6. */
    private static final int LONGEST_V6 = 1280;

    /** RFC 1812 4.3.2.5: internetwork control. */
    private static final int TOS = 0xc0;

    private static final int UNRECOGNIZED_OPTION = 2;

    private final CounterSet<IcmpCounter> counters;
    private final MessageOutput output;
    private final ErrorLimit limit;

    public IcmpErrorSender(CounterSet<IcmpCounter> counters, MessageOutput output, ErrorLimit limit) {
        this.counters = counters;
        this.output = output;
        this.limit = limit;
    }

    /** Nobody here has the transport of an IPv4 packet (RFC 1122 3.2.2.1); over IPv6 that is a parameter problem. */
    public void protocolUnreachable(Packet packet, LocalAddresses local, long nowNs) {
        send(packet, local, IcmpTypes.V4_DESTINATION_UNREACHABLE, 2, 0, false, nowNs);
    }

    /** Nobody here has the port of a datagram (RFC 1122 4.1.3.1, RFC 4443 3.1). */
    public void portUnreachable(Packet packet, LocalAddresses local, long nowNs) {
        if (isIpv4(packet)) {
            send(packet, local, IcmpTypes.V4_DESTINATION_UNREACHABLE, 3, 0, false, nowNs);
        } else {
            send(packet, local, IcmpTypes.V6_DESTINATION_UNREACHABLE, 4, 0, false, nowNs);
        }
    }

    /** An octet of the headers is wrong (RFC 1122 3.2.2.5, RFC 4443 3.4). */
    public void parameterProblem(Packet packet, LocalAddresses local, int code, int pointer, long nowNs) {
        if (isIpv4(packet)) {
            send(packet, local, IcmpTypes.V4_PARAMETER_PROBLEM, code, pointer << 24, false, nowNs);
        } else {
            // RFC 4443 2.4 (e.3); IP has looked at the option's type
            boolean groupsToo = code == UNRECOGNIZED_OPTION;
            send(packet, local, IcmpTypes.V6_PARAMETER_PROBLEM, code, pointer, groupsToo, nowNs);
        }
    }

    /** A datagram's fragments did not all come in time (RFC 1122 3.2.2.4, RFC 4443 3.3). */
    public void reassemblyTimeExceeded(Packet firstFragment, LocalAddresses local, long nowNs) {
        int type = isIpv4(firstFragment) ? IcmpTypes.V4_TIME_EXCEEDED : IcmpTypes.V6_TIME_EXCEEDED;
        send(firstFragment, local, type, 1, 0, false, nowNs);
    }

    private void send(
            Packet packet, LocalAddresses local, int type, int code, int rest, boolean groupsToo, long nowNs) {
        if (!mayBeTold(packet, local, groupsToo)) {
            return;
        }
        // From the address that the packet was sent to (RFC 4443 2.2), which is of no use if it is a group's.
        IpAddress source = local.contains(packet.destinationHigh, packet.destinationLow)
                ? IpAddress.of(packet.destinationHigh, packet.destinationLow)
                : local.sourceFor(packet.sourceHigh, packet.sourceLow);
        if (source == null || !limit.admit(packet.sourceHigh, packet.sourceLow, nowNs)) {
            return;
        }
        boolean ipv4 = isIpv4(packet);
        int longest = ipv4 ? LONGEST_V4 - Ipv4Header.HEADER_BYTES : LONGEST_V6 - Ipv6Header.HEADER_BYTES;
        int quoted = Math.min(packet.headLength(), longest - IcmpMessage.HEADER_BYTES);
        int bytes = IcmpMessage.HEADER_BYTES + quoted;
        Packet message = output.acquire(bytes);
        if (message == null) {
            return;
        }
        int at = Packet.HEADROOM;
        int protocol = ipv4 ? IcmpMessage.PROTOCOL_V4 : IcmpMessage.PROTOCOL_V6;
        ByteBuffer b = message.buffer();
        message.head(at, bytes);
        IcmpMessage.write(b, at, type, code, rest);
        b.put(at + IcmpMessage.HEADER_BYTES, packet.buffer(), packet.offset(), quoted);
        long pseudoSum = ipv4
                ? 0
                : Checksum.pseudoHeader(
                        source.high(), source.low(), packet.sourceHigh, packet.sourceLow, protocol, bytes);
        IcmpMessage.checksum(b, at, Checksum.finish(Checksum.add(b, at, bytes, pseudoSum)));
        output.transmit(
                message, source.high(), source.low(), packet.sourceHigh, packet.sourceLow, protocol, ipv4 ? TOS : 0);
        count(ipv4, type);
    }

    /** RFC 1122 3.2.2, RFC 4443 2.4 (e). */
    private static boolean mayBeTold(Packet packet, LocalAddresses local, boolean groupsToo) {
        long sourceHigh = packet.sourceHigh;
        long sourceLow = packet.sourceLow;
        long destinationHigh = packet.destinationHigh;
        long destinationLow = packet.destinationLow;
        boolean toGroup = IpAddress.isMulticast(destinationHigh, destinationLow)
                || local.isBroadcast(destinationHigh, destinationLow);
        boolean fromOneHost = !IpAddress.isAny(sourceHigh, sourceLow)
                && !IpAddress.isMulticast(sourceHigh, sourceLow)
                && !local.isBroadcast(sourceHigh, sourceLow);
        return fromOneHost && (!toGroup || groupsToo) && !isLaterFragmentV4(packet) && !isIcmpError(packet);
    }

    private static boolean isLaterFragmentV4(Packet packet) {
        return isIpv4(packet) && Ipv4Header.fragmentOffsetBytes(packet.buffer(), packet.offset()) != 0;
    }

    /** Whether it is an error message itself, or one that cannot be told from it. */
    private static boolean isIcmpError(Packet packet) {
        ByteBuffer b = packet.buffer();
        if (isIpv4(packet)) {
            return packet.protocol == IcmpMessage.PROTOCOL_V4
                    && (packet.transportLength < IcmpMessage.HEADER_BYTES
                            || !IcmpTypes.isQueryV4(b.get(packet.transportOffset) & 0xff));
        }
        int at = Ipv6Extension.find(IcmpMessage.PROTOCOL_V6, b, packet.offset(), packet.headLength());
        return at >= 0 && !IcmpTypes.isInformationalV6(b.get(packet.offset() + at) & 0xff);
    }

    private static boolean isIpv4(Packet packet) {
        return IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow);
    }

    private void count(boolean ipv4, int type) {
        if (ipv4) {
            counters.increment(IcmpCounter.IcmpOutMsgs);
            counters.increment(
                    switch (type) {
                        case IcmpTypes.V4_TIME_EXCEEDED -> IcmpCounter.IcmpOutTimeExcds;
                        case IcmpTypes.V4_PARAMETER_PROBLEM -> IcmpCounter.IcmpOutParmProbs;
                        default -> IcmpCounter.IcmpOutDestUnreachs;
                    });
        } else {
            counters.increment(IcmpCounter.Icmp6OutMsgs);
            counters.increment(
                    switch (type) {
                        case IcmpTypes.V6_TIME_EXCEEDED -> IcmpCounter.Icmp6OutTimeExcds;
                        case IcmpTypes.V6_PARAMETER_PROBLEM -> IcmpCounter.Icmp6OutParmProblems;
                        default -> IcmpCounter.Icmp6OutDestUnreachs;
                    });
        }
    }
}
