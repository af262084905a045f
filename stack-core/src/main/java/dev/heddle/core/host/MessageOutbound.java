package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.icmp.MessageOutput;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way out for the host's own ICMP messages. Any thread.
 *
 * <p>One that {@link #on} gives answers what has come by an interface: an address that is unique only there is looked for there
 * (RFC 4007 9).
 */
final class MessageOutbound implements MessageOutput {

    /** The interface's index, 0 for no interface in particular. */
    private final int interfaceIndex;

    private final Outbound outbound;
    private final DatagramOutbound datagrams;
    private final PacketPool packets;
    private final CounterSet<IpCounter> counters;

    /** Null if nobody observes. */
    private final @Nullable DropReports drops;

    MessageOutbound(
            Outbound outbound,
            DatagramOutbound datagrams,
            PacketPool packets,
            CounterSet<IpCounter> counters,
            @Nullable DropReports drops) {
        this(0, outbound, datagrams, packets, counters, drops);
    }

    private MessageOutbound(
            int interfaceIndex,
            Outbound outbound,
            DatagramOutbound datagrams,
            PacketPool packets,
            CounterSet<IpCounter> counters,
            @Nullable DropReports drops) {
        this.interfaceIndex = interfaceIndex;
        this.outbound = outbound;
        this.datagrams = datagrams;
        this.packets = packets;
        this.counters = counters;
        this.drops = drops;
    }

    /** The same for answers to what comes by an interface. */
    MessageOutbound on(int answeredInterface) {
        return new MessageOutbound(answeredInterface, outbound, datagrams, packets, counters, drops);
    }

    @Override
    public @Nullable Packet acquire(int bytes) {
        return packets.forLength(bytes);
    }

    @Override
    public void transmit(
            Packet message,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int trafficClass) {
        int scope = TcpInput.scope(interfaceIndex, destinationHigh, destinationLow);
        HostInterface out = outbound.interfaceTo(destinationHigh, destinationLow, scope);
        if (out == null) {
            boolean isIpv4 = IpAddress.isIpv4(destinationHigh, destinationLow);
            IpCounter why = IpCounter.outNoRoutes(isIpv4);
            counters.increment(why);
            if (drops != null) {
                int bytes = message.length() + IpOutput.headerBytes(isIpv4);
                drops.datagramNotSent(
                        why, null, sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, bytes);
            }
            packets.release(message);
            return;
        }
        datagrams.send(
                out,
                datagrams.mtu(out, destinationHigh, destinationLow, scope),
                message,
                datagrams.header(
                        sourceHigh,
                        sourceLow,
                        destinationHigh,
                        destinationLow,
                        protocol,
                        trafficClass,
                        DatagramOutbound.HOP_LIMIT),
                false);
    }
}
