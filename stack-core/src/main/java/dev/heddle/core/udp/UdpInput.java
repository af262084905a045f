package dev.heddle.core.udp;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.UdpHeader;

/** Validates the datagrams that IP let in and hands them on. Not thread-safe; one for each interface. */
public final class UdpInput {

    private final CounterSet<UdpCounter> counters;
    private final CounterSet<Refusal> refusals;
    private final DatagramSink sink;
    private final UdpHeader header = new UdpHeader();

    public UdpInput(CounterSet<UdpCounter> counters, CounterSet<Refusal> refusals, DatagramSink sink) {
        this.counters = counters;
        this.refusals = refusals;
        this.sink = sink;
    }

    /**
     * Takes one datagram.
     *
     * @param packet with its IP fields filled, protocol 17
     * @return false if it is right but nobody has its port: its sender is to be told (RFC 1122 4.1.3.1)
     */
    public boolean accept(Packet packet) {
        boolean ipv4 = IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow);
        Refusal refusal = header.wrap(packet.buffer(), packet.transportOffset, packet.transportLength);
        if (refusal == Refusal.NONE && !isIntact(packet, ipv4)) {
            refusal = Refusal.UDP_CHECKSUM;
            counters.increment(UdpCounter.inCsumErrors(ipv4));
        }
        if (refusal != Refusal.NONE) {
            counters.increment(UdpCounter.inErrors(ipv4));
            refusals.increment(refusal);
            return true;
        }
        Delivery delivery = sink.deliver(packet, header);
        count(delivery, ipv4);
        return delivery != Delivery.NO_PORT;
    }

    private void count(Delivery delivery, boolean ipv4) {
        switch (delivery) {
            case DELIVERED -> counters.increment(UdpCounter.inDatagrams(ipv4));
            case NO_PORT -> counters.increment(UdpCounter.noPorts(ipv4));
            case BUFFER_FULL -> {
                counters.increment(UdpCounter.inErrors(ipv4));
                counters.increment(UdpCounter.rcvbufErrors(ipv4));
            }
            case NO_MEMORY -> {
                counters.increment(UdpCounter.inErrors(ipv4));
                counters.increment(UdpCounter.memErrors(ipv4));
            }
        }
    }

    private boolean isIntact(Packet packet, boolean ipv4) {
        if (!header.hasChecksum()) {
            return ipv4; // RFC 1122 4.1.3.4 leaves it to the sender, RFC 8200 8.1 does not
        }
        return packet.checksumTrusted()
                || header.verifyChecksum(Checksum.pseudoHeader(
                        packet.sourceHigh,
                        packet.sourceLow,
                        packet.destinationHigh,
                        packet.destinationLow,
                        UdpHeader.PROTOCOL,
                        header.length()));
    }
}
