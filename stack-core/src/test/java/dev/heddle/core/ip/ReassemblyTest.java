package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Extension;
import dev.heddle.core.wire.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReassemblyTest {

    private static final String A4 = "192.0.2.1";
    private static final String B4 = "192.0.2.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8::2";
    private static final IpLocalAddresses LOCAL =
            IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));

    /** A transport that nobody knows, so that any bytes are right. */
    private static final int ANY = 253;

    private static final int TCP = 6;
    private static final long SECOND = 1_000_000_000L;

    private final CounterSet<IpCounter> counters = new CounterSet<>(IpCounter.class);
    private final CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
    private BufferPool memory = new BufferPool(64 << 20, 16 * 1024);
    private PacketPool packets = new PacketPool(memory);
    private final IpInput input = new IpInput(counters, refusals);
    private Reassembly ipv4 = reassembly(ReassemblyLimits.of(true, 4 << 20), true);
    private Reassembly ipv6 = reassembly(ReassemblyLimits.of(false, 4 << 20), false);
    private long nowNs = SECOND;

    private Reassembly reassembly(ReassemblyLimits limits, boolean isIpv4) {
        return new Reassembly(isIpv4, limits, packets, counters, refusals);
    }

    @AfterEach
    @AfterProperty
    void nothing_is_left() {
        ipv4.close();
        ipv6.close();
        assertThat(ipv4.heldBytes() + ipv6.heldBytes()).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    /** What becomes of a packet: the bytes of the whole packet when it is complete. */
    private byte @Nullable [] arrive(Packet packet) {
        IpVerdict verdict = input.accept(packet, LOCAL);
        if (verdict != IpVerdict.FRAGMENT) {
            return null;
        }
        boolean isIpv4 = IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow);
        Packet whole = (isIpv4 ? ipv4 : ipv6).accept(packet, input.fragment(), 0, nowNs);
        if (whole == null) {
            return null;
        }
        byte[] bytes = new byte[whole.length()];
        whole.buffer().get(whole.offset(), bytes);
        packets.release(whole);
        return bytes;
    }

    private byte @Nullable [] arriveAll(List<Packet> all) {
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

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] payloadOf(byte[] packet) {
        int headers = packet[0] >>> 4 == 4 ? 20 : 40;
        byte[] payload = new byte[packet.length - headers];
        System.arraycopy(packet, headers, payload, 0, payload.length);
        return payload;
    }

    private static Packet v4(int identification, int offset, boolean more, int length) {
        return FragmentPackets.of(A4, B4, ANY, identification, offset, more, random(length, offset));
    }

    private static Packet v6(int identification, int offset, boolean more, int length) {
        return FragmentPackets.of(A6, B6, ANY, identification, offset, more, random(length, offset));
    }

    @Property(tries = 300)
    @Requirement({"RFC791:3.2", "RFC1122:3.3.2", "RFC8200:4.5"})
    void any_permutation_of_fragments_with_duplicates_yields_the_datagram(
            @ForAll boolean six,
            @ForAll @IntRange(min = 1, max = 65_495) int length,
            @ForAll @IntRange(min = 296, max = 9000) int mtu,
            @ForAll long seed) {
        byte[] payload = random(length, seed);
        List<Packet> fragments = six
                ? FragmentPackets.all(A6, B6, ANY, 7, mtu, payload)
                : FragmentPackets.all(A4, B4, ANY, 7, mtu, payload);
        if (fragments.size() == 1) {
            // What fits is not a fragment, or one that stands for itself (RFC 6946).
            assertThat(input.accept(fragments.getFirst(), LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
            return;
        }
        Random random = new Random(seed);
        Collections.shuffle(fragments, random);
        List<Packet> arrivals = new ArrayList<>();
        for (Packet fragment : fragments) {
            // A duplicate of the one that completes would begin a new datagram.
            if (!arrivals.isEmpty() && random.nextInt(4) == 0) {
                arrivals.add(copy(arrivals.get(random.nextInt(arrivals.size()))));
            }
            arrivals.add(fragment);
        }
        byte[] whole = Objects.requireNonNull(arriveAll(arrivals));
        assertThat(payloadOf(whole)).isEqualTo(payload);
        Packet received = Packets.of(whole);
        assertThat(input.acceptReassembled(received, LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(received.protocol).isEqualTo(ANY);
        assertThat(received.transportLength).isEqualTo(length);
        assertThat(memory.usedBytes()).isZero();
    }

    private static Packet copy(Packet packet) {
        Packet copy = new Packet(packet.capacity());
        copy.copyOf(packet);
        return copy;
    }

    @Test
    @Requirement("RFC1122:3.3.2")
    void the_largest_datagram_is_reassembled() {
        byte[] payload = random(65_515, 1);
        assertThat(payloadOf(Objects.requireNonNull(arriveAll(FragmentPackets.all(A4, B4, ANY, 1, 576, payload)))))
                .isEqualTo(payload);
        payload = random(65_495, 2);
        assertThat(payloadOf(Objects.requireNonNull(arriveAll(FragmentPackets.all(A6, B6, ANY, 1, 1280, payload)))))
                .isEqualTo(payload);
        assertThat(counters.get(IpCounter.IpReasmOKs)).isEqualTo(1);
        assertThat(counters.get(IpCounter.Ip6ReasmOKs)).isEqualTo(1);
        assertThat(counters.get(IpCounter.IpReasmReqds)).isEqualTo(119);
    }

    @Test
    void interleaved_datagrams_of_different_names_do_not_mix() {
        List<List<Packet>> all = List.of(
                FragmentPackets.all(A4, B4, ANY, 1, 576, random(2000, 1)),
                FragmentPackets.all(A4, B4, ANY, 2, 576, random(2000, 2)),
                FragmentPackets.all(A4, B4, 254, 1, 576, random(2000, 3)),
                FragmentPackets.all("192.0.2.9", B4, ANY, 1, 576, random(2000, 4)),
                FragmentPackets.all("192.0.2.9", "192.0.2.255", ANY, 1, 576, random(2000, 5)));
        int completed = 0;
        for (int i = 0; i < 4; i++) {
            for (int d = 0; d < all.size(); d++) {
                byte[] whole = arrive(all.get(d).get(3 - i));
                if (whole != null) {
                    assertThat(payloadOf(whole)).isEqualTo(random(2000, d + 1));
                    completed++;
                }
            }
        }
        assertThat(completed).isEqualTo(all.size());
    }

    @Test
    @Requirement("RFC8200:4.5")
    void headers_in_front_of_the_fragment_header_are_those_of_the_first_fragment() {
        byte[] options = {(byte) Ipv6Extension.FRAGMENT, 0, 1, 4, 0, 0, 0, 0};
        ByteBuffer first = ByteBuffer.allocate(8 + 8 + 16)
                .put(options)
                .putInt(ANY << 24 | 1)
                .putInt(5);
        first.put(random(16, 1));
        assertThat(arrive(Packets.ip(A6, B6, 60, first.array()))).isNull();
        byte[] whole = Objects.requireNonNull(arrive(v6(5, 16, false, 3)));
        assertThat(whole).hasSize(40 + 8 + 19);
        assertThat(whole[6]).isEqualTo((byte) 60);
        assertThat(whole[40]).as("next header").isEqualTo((byte) ANY);
        assertThat(ByteBuffer.wrap(whole).getShort(4)).as("payload length").isEqualTo((short) 27);
    }

    @Test
    @Requirement("RFC6946:4")
    void an_atomic_fragment_is_a_packet_of_its_own_beside_fragments_of_its_name() {
        assertThat(arrive(v6(5, 0, true, 16))).isNull();
        assertThat(input.accept(v6(5, 0, false, 16), LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(arrive(v6(5, 16, false, 16))).hasSize(72);
    }

    @ParameterizedTest
    @CsvSource({"8, 16", "0, 16", "16, 16", "8, 8", "24, 8", "0, 40"})
    @Requirement({"RFC5722:4", "RFC8200:4.5"})
    void overlapping_ipv6_fragments_discard_the_packet_and_those_still_to_come(int offset, int length) {
        assertThat(arrive(v6(9, 0, true, 24))).isNull();
        assertThat(arrive(v6(9, 24, true, 16))).isNull();
        assertThat(arrive(v6(9, offset, true, length))).isNull();
        assertThat(refusals.get(Refusal.FRAGMENT_OVERLAP)).isEqualTo(1);
        assertThat(memory.usedBytes()).isZero();
        assertThat(arriveAll(FragmentPackets.all(A6, B6, ANY, 9, 1280, random(3000, 1))))
                .isNull();
        nowNs += 60 * SECOND;
        assertThat(ipv6.expire(nowNs)).as("no error is sent").isEmpty();
        assertThat(counters.get(IpCounter.Ip6ReasmTimeout)).isZero();
        assertThat(arriveAll(FragmentPackets.all(A6, B6, ANY, 9, 1280, random(3000, 1))))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"8, 16", "0, 16", "16, 16", "8, 8", "24, 8", "0, 40"})
    void overlapping_ipv4_fragments_discard_the_datagram(int offset, int length) {
        assertThat(arrive(v4(9, 0, true, 24))).isNull();
        assertThat(arrive(v4(9, 24, true, 16))).isNull();
        assertThat(arrive(v4(9, offset, true, length))).isNull();
        assertThat(arrive(v4(9, 40, false, 16))).isNull();
        assertThat(counters.get(IpCounter.IpExtReasmOverlaps)).isEqualTo(1);
        assertThat(counters.get(IpCounter.IpReasmFails)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement("RFC8200:4.5")
    void fragments_that_contradict_each_other_about_the_length_discard_the_datagram(boolean six) {
        arrive(six ? v6(1, 16, false, 16) : v4(1, 16, false, 16));
        arrive(six ? v6(1, 32, false, 16) : v4(1, 32, false, 16));
        arrive(six ? v6(2, 32, true, 16) : v4(2, 32, true, 16));
        arrive(six ? v6(2, 16, false, 16) : v4(2, 16, false, 16));
        arrive(six ? v6(3, 16, false, 16) : v4(3, 16, false, 16));
        arrive(six ? v6(3, 16, true, 16) : v4(3, 16, true, 16));
        assertThat(refusals.get(Refusal.FRAGMENT_OVERLAP)).isEqualTo(3);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    @Requirement({"RFC1858:3", "RFC3128:3"})
    void a_tcp_header_in_two_fragments_is_refused() {
        byte[] syn = new byte[40];
        syn[12] = (byte) 0xa0;
        syn[13] = 2;
        // 40 bytes of header: ports, sequence number and flags alone are not enough.
        for (int bytes : new int[] {8, 16, 24, 32}) {
            byte[] start = new byte[bytes];
            System.arraycopy(syn, 0, start, 0, bytes);
            arrive(FragmentPackets.of(A4, B4, TCP, bytes, 0, true, start));
        }
        assertThat(refusals.get(Refusal.FRAGMENT_TINY)).isEqualTo(4);
        arrive(FragmentPackets.of(A4, B4, TCP, 1, 8, true, new byte[16]));
        assertThat(refusals.get(Refusal.FRAGMENT_TINY)).isEqualTo(5);
        assertThat(counters.get(IpCounter.IpReasmFails)).isEqualTo(5);
        assertThat(ipv4.heldBytes()).isZero();
        arrive(FragmentPackets.of(A4, B4, TCP, 2, 0, true, syn));
        assertThat(arrive(FragmentPackets.of(A4, B4, TCP, 2, 40, false, new byte[100])))
                .hasSize(160);
    }

    @Test
    @Requirement({"RFC7112:5", "RFC8200:4.5"})
    void a_first_ipv6_fragment_without_all_headers_is_told_to_its_sender() {
        byte[] options = {TCP, 0, 1, 4, 0, 0, 0, 0};
        Packet packet = FragmentPackets.of(A6, B6, 60, 1, 0, true, options);
        assertThat(input.accept(packet, LOCAL)).isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(input.problemCode()).isEqualTo(3);
        assertThat(input.problemPointer()).isZero();
        assertThat(input.accept(FragmentPackets.of(A6, B6, TCP, 1, 0, true, new byte[16]), LOCAL))
                .isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(refusals.get(Refusal.FRAGMENT_HEADER_CHAIN)).isEqualTo(2);
        assertThat(input.accept(FragmentPackets.of(A6, "ff02::1", TCP, 1, 0, true, new byte[16]), LOCAL))
                .isEqualTo(IpVerdict.DROPPED);
        // Nothing of it is asked of the other fragments.
        assertThat(input.accept(FragmentPackets.of(A6, B6, TCP, 1, 8, true, new byte[8]), LOCAL))
                .isEqualTo(IpVerdict.FRAGMENT);
    }

    @Test
    @Requirement("RFC8200:4.5")
    void lengths_that_cannot_be_are_told_to_the_sender_over_ipv6_only() {
        assertThat(input.accept(FragmentPackets.of(A6, B6, ANY, 1, 0, true, new byte[15]), LOCAL))
                .isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(input.problemCode()).isZero();
        assertThat(input.problemPointer()).as("the payload length").isEqualTo(4);
        assertThat(input.accept(FragmentPackets.of(A6, B6, ANY, 1, 65_528, false, new byte[8]), LOCAL))
                .isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(input.problemPointer()).as("the fragment offset").isEqualTo(42);
        assertThat(input.accept(FragmentPackets.of(A4, B4, ANY, 1, 0, true, new byte[15]), LOCAL))
                .isEqualTo(IpVerdict.DROPPED);
    }

    @Test
    void a_ping_of_death_is_refused() {
        // Beyond the end by itself.
        assertThat(input.accept(FragmentPackets.of(A4, B4, 1, 1, 65_528, false, new byte[8]), LOCAL))
                .isEqualTo(IpVerdict.DROPPED);
        assertThat(refusals.get(Refusal.IPV4_FRAGMENT)).isEqualTo(1);
        // Beyond the end only with the options of the first fragment's header.
        int length = 64 + 1000;
        ByteBuffer b = ByteBuffer.allocate(length - 4);
        Ipv4Header.write(b, 0, length - 4, 2, false, 64, ANY, 0, 0xc0000201, 0xc0000202);
        b.put(0, (byte) 0x4f);
        b.putInt(20, 0x01010101);
        Ipv4Header.becomeWhole(b, 0, 60, length - 4, 0);
        b.putShort(6, (short) 0x2000);
        b.putShort(10, (short) 0);
        b.putShort(10, (short) Checksum.finish(Checksum.add(b, 0, 60, 0)));
        arrive(Packets.of(b.array()));
        for (int offset = 1000; offset < 64_000; offset += 9000) {
            arrive(v4(2, offset, true, 9000));
        }
        assertThat(arrive(v4(2, 64_000, false, 1515))).isNull();
        assertThat(refusals.get(Refusal.FRAGMENT_TOO_LONG)).isEqualTo(1);
        assertThat(memory.usedBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 1",
        "2, 2, 2",
        "3, 3, 3",
        "2, 3, 3",
        "3, 2, 3",
        "1, 3, 3",
        "0, 3, -1",
        "3, 0, -1",
        "0, 2, -1"
    })
    @Requirement("RFC3168:5.3")
    void congestion_that_one_fragment_has_seen_is_not_lost(int first, int second, int result) {
        for (boolean six : new boolean[] {false, true}) {
            String from = six ? A6 : A4;
            String to = six ? B6 : B4;
            arrive(FragmentPackets.withTrafficClass(0x48 | first, from, to, ANY, 1, 0, true, new byte[16]));
            byte[] whole =
                    arrive(FragmentPackets.withTrafficClass(0x48 | second, from, to, ANY, 1, 16, false, new byte[16]));
            if (result < 0) {
                assertThat(whole).isNull();
            } else {
                ByteBuffer b = ByteBuffer.wrap(Objects.requireNonNull(whole));
                int trafficClass = six ? b.getInt(0) >>> 20 & 0xff : b.get(1) & 0xff;
                assertThat(trafficClass).isEqualTo(0x48 | result);
            }
        }
        assertThat(refusals.get(Refusal.FRAGMENT_ECN)).isEqualTo(result < 0 ? 2 : 0);
    }

    @ParameterizedTest
    @CsvSource({"false, 30", "true, 60"})
    @Requirement({"RFC1122:3.3.2", "RFC8200:4.5"})
    void what_is_not_complete_in_time_is_given_up_and_told_if_the_first_fragment_came(boolean six, int seconds) {
        Reassembly family = six ? ipv6 : ipv4;
        assertThat(family.nextDeadlineNs()).isEqualTo(Clock.NEVER);
        long began = nowNs;
        arrive(six ? v6(1, 0, true, 24) : v4(1, 0, true, 24));
        nowNs += SECOND;
        arrive(six ? v6(2, 24, true, 24) : v4(2, 24, true, 24));
        nowNs += SECOND;
        arrive(six ? v6(1, 24, true, 24) : v4(1, 24, true, 24));
        long deadline = began + seconds * SECOND;
        assertThat(family.nextDeadlineNs()).as("from the first arrival").isEqualTo(deadline);
        assertThat(family.expire(deadline - 1)).isEmpty();
        List<Reassembly.TimedOut> late = family.expire(deadline);
        assertThat(late).hasSize(1);
        Packet first = late.getFirst().first();
        assertThat(first.length()).isEqualTo(six ? 72 : 44);
        assertThat(IpAddress.of(first.sourceHigh, first.sourceLow)).hasToString(six ? A6 : A4);
        packets.release(first);
        assertThat(family.nextDeadlineNs()).isEqualTo(deadline + SECOND);
        assertThat(family.expire(deadline + SECOND))
                .as("the first fragment has not come")
                .isEmpty();
        assertThat(counters.get(six ? IpCounter.Ip6ReasmTimeout : IpCounter.IpReasmTimeout))
                .isEqualTo(2);
        assertThat(counters.get(six ? IpCounter.Ip6ReasmFails : IpCounter.IpReasmFails))
                .isEqualTo(2);
        assertThat(family.heldBytes()).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_flood_of_fragments_that_never_complete_stays_within_its_memory(boolean six) {
        Reassembly family = six ? ipv6 : ipv4;
        for (int i = 0; i < 20_000; i++) {
            String from =
                    six ? "2001:db8:" + Integer.toHexString(i) + "::1" : "198.51." + i / 200 + "." + (1 + i % 200);
            arrive(FragmentPackets.of(from, six ? B6 : B4, ANY, i, 8 * (i % 100), true, new byte[1200]));
            assertThat(family.heldBytes()).isLessThanOrEqualTo(4 << 20);
            assertThat(memory.usedBytes()).isLessThanOrEqualTo(4 << 20);
        }
        assertThat(family.heldBytes()).isGreaterThan(2 << 20);
        assertThat(refusals.get(Refusal.FRAGMENT_MEMORY)).isGreaterThan(15_000);
        // The flood is over: the next one is served.
        assertThat(arriveAll(
                        six
                                ? FragmentPackets.all(A6, B6, ANY, 1, 1280, random(20_000, 1))
                                : FragmentPackets.all(A4, B4, ANY, 1, 1280, random(20_000, 1))))
                .isNotNull();
        nowNs += 60 * SECOND;
        family.expire(nowNs).forEach(late -> packets.release(late.first()));
        assertThat(family.heldBytes()).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void who_floods_loses_his_own_fragments_only(boolean six) {
        List<Packet> honest = six
                ? FragmentPackets.all("2001:db8:9::1", B6, ANY, 1, 1280, random(20_000, 1))
                : FragmentPackets.all("192.0.2.7", B4, ANY, 1, 1280, random(20_000, 1));
        Packet last = honest.removeLast();
        arriveAll(honest);
        for (int i = 0; i < 5000; i++) {
            // Over IPv6 the flooder has a network of addresses.
            String from = six ? "2001:db8:666::" + Integer.toHexString(i + 1) : "192.0.2.66";
            arrive(FragmentPackets.of(from, six ? B6 : B4, ANY, i, 0, true, new byte[1200]));
        }
        assertThat((six ? ipv6 : ipv4).heldBytes()).isLessThan((1 << 20) + 100_000);
        assertThat(arrive(last)).isNotNull();
    }

    @Test
    void a_datagram_in_too_many_fragments_is_given_up() {
        for (int i = 0; i < 257; i++) {
            arrive(v4(1, 8 * i, true, 8));
        }
        assertThat(refusals.get(Refusal.FRAGMENT_COUNT)).isEqualTo(1);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void a_long_fragment_takes_little_more_than_its_length() {
        arrive(v4(1, 0, true, 8960));
        assertThat(memory.usedBytes()).isLessThan(14_000);
        assertThat(ipv4.heldBytes()).isGreaterThanOrEqualTo(memory.usedBytes());
    }

    @Test
    void without_memory_a_datagram_is_given_up_whole() {
        memory = new BufferPool(16 * 1024, 1024);
        packets = new PacketPool(memory);
        ipv4 = reassembly(ReassemblyLimits.of(true, 4 << 20), true);
        ipv6 = reassembly(ReassemblyLimits.of(false, 4 << 20), false);
        for (int i = 0; i < 9; i++) {
            arrive(v4(1, 1200 * i, true, 1200));
        }
        assertThat(refusals.get(Refusal.FRAGMENT_MEMORY)).isPositive();
        assertThat(memory.usedBytes()).isLessThan(8000);
        // There is room for the fragments, but not for what they would make.
        ipv4.close();
        ipv4 = reassembly(ReassemblyLimits.of(true, 4 << 20), true);
        assertThat(arriveAll(FragmentPackets.all(A4, B4, ANY, 2, 1220, random(3000, 1))))
                .isNull();
        assertThat(memory.usedBytes()).isZero();
    }

    /** Few names, offsets that meet, lengths that contradict each other, time that passes. */
    @Property(tries = 300)
    void no_stream_of_fragments_breaks_the_bounds(@ForAll long seed, @ForAll boolean six) {
        Random random = new Random(seed);
        Reassembly family = six ? ipv6 : ipv4;
        for (int i = 0; i < 300; i++) {
            boolean more = random.nextInt(5) > 0;
            int offset = 8 * (random.nextInt(20) == 0 ? 8190 - random.nextInt(20) : random.nextInt(12));
            int length = more ? 8 * (1 + random.nextInt(6)) : 1 + random.nextInt(40);
            byte[] whole = arrive(
                    six ? v6(random.nextInt(4), offset, more, length) : v4(random.nextInt(4), offset, more, length));
            if (whole != null) {
                assertThat(whole.length).isLessThanOrEqualTo(65_535);
            }
            assertThat(memory.usedBytes()).isLessThanOrEqualTo(family.heldBytes());
            if (random.nextInt(10) == 0) {
                nowNs += random.nextInt(20) * SECOND;
                family.expire(nowNs).forEach(late -> packets.release(late.first()));
            }
        }
        family.expire(nowNs + 60 * SECOND).forEach(late -> packets.release(late.first()));
        assertThat(family.heldBytes()).isZero();
        assertThat(family.nextDeadlineNs()).isEqualTo(Clock.NEVER);
    }

    @Test
    void after_close_nothing_is_kept() {
        arrive(v4(1, 0, true, 8));
        ipv4.close();
        assertThat(memory.usedBytes()).isZero();
        arrive(v4(1, 0, true, 8));
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void a_fragment_within_a_reassembled_packet_is_refused() {
        ByteBuffer inner = ByteBuffer.allocate(24).putInt(ANY << 24 | 1).putInt(77);
        arrive(FragmentPackets.of(A6, B6, 44, 1, 0, true, inner.array()));
        byte[] whole = arrive(v6(1, 24, false, 8));
        assertThat(whole).isNotNull();
        Packet packet = Packets.of(Objects.requireNonNull(whole));
        assertThat(input.acceptReassembled(packet, LOCAL)).isEqualTo(IpVerdict.DROPPED);
        assertThat(refusals.get(Refusal.IPV6_FRAGMENT)).isEqualTo(1);
    }
}
