package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Refusal;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a host has to put fragments together, of both families, and what becomes of packets that arrive at it. */
final class ReassemblingHost {

    static final String A4 = "192.0.2.1";
    static final String B4 = "192.0.2.2";
    static final String A6 = "2001:db8::1";
    static final String B6 = "2001:db8::2";
    static final IpLocalAddresses LOCAL =
            IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));

    /** A transport that nobody knows, so that any bytes are right. */
    static final int ANY = 253;

    static final long SECOND = 1_000_000_000L;

    private static final long MOST_BYTES = 4 << 20;

    final CounterSet<IpCounter> counters = new CounterSet<>(IpCounter.class);
    final CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
    final BufferPool memory;
    final PacketPool packets;
    final IpInput input = new IpInput(counters, refusals);
    final Reassembly ipv4;
    final Reassembly ipv6;
    long nowNs = SECOND;

    ReassemblingHost() {
        this(new BufferPool(64 << 20, 16 * 1024));
    }

    ReassemblingHost(BufferPool memory) {
        this.memory = memory;
        packets = new PacketPool(memory);
        ipv4 = reassembly(true);
        ipv6 = reassembly(false);
    }

    private Reassembly reassembly(boolean isIpv4) {
        return new Reassembly(isIpv4, ReassemblyLimits.of(isIpv4, MOST_BYTES), packets, counters, refusals);
    }

    /** Closes both families and sees that nothing is left. */
    void closeAndCheck() {
        ipv4.close();
        ipv6.close();
        assertThat(ipv4.heldBytes() + ipv6.heldBytes()).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    /** What becomes of a packet: the bytes of the whole packet when it is complete. */
    byte @Nullable [] arrive(Packet packet) {
        IpVerdict verdict = input.accept(packet, LOCAL);
        if (verdict != IpVerdict.FRAGMENT) {
            return null;
        }
        boolean isIpv4 = IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow);
        Packet whole = (isIpv4 ? ipv4 : ipv6).accept(packet, input.fragment(), 0, nowNs);
        if (whole == null) {
            return null;
        }
        byte[] bytes = Packets.bytesOf(whole);
        packets.release(whole);
        return bytes;
    }

    /** Likewise for several, of which one at most completes a packet. */
    byte @Nullable [] arriveAll(List<Packet> all) {
        byte[] last = null;
        for (Packet packet : all) {
            byte[] bytes = arrive(packet);
            if (bytes != null) {
                assertThat(last).as("completed twice").isNull();
                last = bytes;
            }
        }
        return last;
    }

    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Packet v4(int identification, int offset, boolean more, int length) {
        return FragmentPackets.of(A4, B4, ANY, identification, offset, more, random(length, offset));
    }

    static Packet v6(int identification, int offset, boolean more, int length) {
        return FragmentPackets.of(A6, B6, ANY, identification, offset, more, random(length, offset));
    }
}
