package dev.heddle.core.ip;

import static dev.heddle.core.ip.ReassemblingHost.A4;
import static dev.heddle.core.ip.ReassemblingHost.A6;
import static dev.heddle.core.ip.ReassemblingHost.ANY;
import static dev.heddle.core.ip.ReassemblingHost.B4;
import static dev.heddle.core.ip.ReassemblingHost.B6;
import static dev.heddle.core.ip.ReassemblingHost.LOCAL;
import static dev.heddle.core.ip.ReassemblingHost.SECOND;
import static dev.heddle.core.ip.ReassemblingHost.random;
import static dev.heddle.core.ip.ReassemblingHost.v4;
import static dev.heddle.core.ip.ReassemblingHost.v6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fragments that make a datagram, and those that cannot. */
class ReassemblyTest {

    private static final int TCP = 6;

    private final ReassemblingHost host = new ReassemblingHost();

    @AfterEach
    @AfterProperty
    void nothing_is_left() {
        host.closeAndCheck();
    }

    private static byte[] payloadOf(byte[] packet) {
        int headers = packet[0] >>> 4 == 4 ? 20 : 40;
        byte[] payload = new byte[packet.length - headers];
        System.arraycopy(packet, headers, payload, 0, payload.length);
        return payload;
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
            assertThat(host.input.accept(fragments.getFirst(), LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
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
        byte[] whole = Objects.requireNonNull(host.arriveAll(arrivals));
        assertThat(payloadOf(whole)).isEqualTo(payload);
        Packet received = Packets.of(whole);
        assertThat(host.input.acceptReassembled(received, LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(received.protocol).isEqualTo(ANY);
        assertThat(received.transportLength).isEqualTo(length);
        assertThat(host.memory.usedBytes()).isZero();
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
        assertThat(payloadOf(Objects.requireNonNull(host.arriveAll(FragmentPackets.all(A4, B4, ANY, 1, 576, payload)))))
                .isEqualTo(payload);
        payload = random(65_495, 2);
        assertThat(payloadOf(
                        Objects.requireNonNull(host.arriveAll(FragmentPackets.all(A6, B6, ANY, 1, 1280, payload)))))
                .isEqualTo(payload);
        assertThat(host.counters.get(IpCounter.IpReasmOKs)).isEqualTo(1);
        assertThat(host.counters.get(IpCounter.Ip6ReasmOKs)).isEqualTo(1);
        assertThat(host.counters.get(IpCounter.IpReasmReqds)).isEqualTo(119);
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
                byte[] whole = host.arrive(all.get(d).get(3 - i));
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
        assertThat(host.arrive(Packets.ip(A6, B6, 60, first.array()))).isNull();
        byte[] whole = Objects.requireNonNull(host.arrive(v6(5, 16, false, 3)));
        assertThat(whole).hasSize(40 + 8 + 19);
        assertThat(whole[6]).isEqualTo((byte) 60);
        assertThat(whole[40]).as("next header").isEqualTo((byte) ANY);
        assertThat(ByteBuffer.wrap(whole).getShort(4)).as("payload length").isEqualTo((short) 27);
    }

    @Test
    @Requirement("RFC6946:4")
    void an_atomic_fragment_is_a_packet_of_its_own_beside_fragments_of_its_name() {
        assertThat(host.arrive(v6(5, 0, true, 16))).isNull();
        assertThat(host.input.accept(v6(5, 0, false, 16), LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(host.arrive(v6(5, 16, false, 16))).hasSize(72);
    }

    @ParameterizedTest
    @CsvSource({"8, 16", "0, 16", "16, 16", "8, 8", "24, 8", "0, 40"})
    @Requirement({"RFC5722:4", "RFC8200:4.5"})
    void overlapping_ipv6_fragments_discard_the_packet_and_those_still_to_come(int offset, int length) {
        assertThat(host.arrive(v6(9, 0, true, 24))).isNull();
        assertThat(host.arrive(v6(9, 24, true, 16))).isNull();
        assertThat(host.arrive(v6(9, offset, true, length))).isNull();
        assertThat(host.refusals.get(Refusal.FRAGMENT_OVERLAP)).isEqualTo(1);
        assertThat(host.memory.usedBytes()).isZero();
        assertThat(host.arriveAll(FragmentPackets.all(A6, B6, ANY, 9, 1280, random(3000, 1))))
                .isNull();
        host.nowNs += 60 * SECOND;
        assertThat(host.ipv6.expire(host.nowNs)).as("no error is sent").isEmpty();
        assertThat(host.counters.get(IpCounter.Ip6ReasmTimeout)).isZero();
        assertThat(host.arriveAll(FragmentPackets.all(A6, B6, ANY, 9, 1280, random(3000, 1))))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"8, 16", "0, 16", "16, 16", "8, 8", "24, 8", "0, 40"})
    void overlapping_ipv4_fragments_discard_the_datagram(int offset, int length) {
        assertThat(host.arrive(v4(9, 0, true, 24))).isNull();
        assertThat(host.arrive(v4(9, 24, true, 16))).isNull();
        assertThat(host.arrive(v4(9, offset, true, length))).isNull();
        assertThat(host.arrive(v4(9, 40, false, 16))).isNull();
        assertThat(host.counters.get(IpCounter.IpExtReasmOverlaps)).isEqualTo(1);
        assertThat(host.counters.get(IpCounter.IpReasmFails)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement("RFC8200:4.5")
    void fragments_that_contradict_each_other_about_the_length_discard_the_datagram(boolean six) {
        host.arrive(six ? v6(1, 16, false, 16) : v4(1, 16, false, 16));
        host.arrive(six ? v6(1, 32, false, 16) : v4(1, 32, false, 16));
        host.arrive(six ? v6(2, 32, true, 16) : v4(2, 32, true, 16));
        host.arrive(six ? v6(2, 16, false, 16) : v4(2, 16, false, 16));
        host.arrive(six ? v6(3, 16, false, 16) : v4(3, 16, false, 16));
        host.arrive(six ? v6(3, 16, true, 16) : v4(3, 16, true, 16));
        assertThat(host.refusals.get(Refusal.FRAGMENT_OVERLAP)).isEqualTo(3);
        assertThat(host.memory.usedBytes()).isZero();
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
            host.arrive(FragmentPackets.of(A4, B4, TCP, bytes, 0, true, start));
        }
        assertThat(host.refusals.get(Refusal.FRAGMENT_TINY)).isEqualTo(4);
        host.arrive(FragmentPackets.of(A4, B4, TCP, 1, 8, true, new byte[16]));
        assertThat(host.refusals.get(Refusal.FRAGMENT_TINY)).isEqualTo(5);
        assertThat(host.counters.get(IpCounter.IpReasmFails)).isEqualTo(5);
        assertThat(host.ipv4.heldBytes()).isZero();
        host.arrive(FragmentPackets.of(A4, B4, TCP, 2, 0, true, syn));
        assertThat(host.arrive(FragmentPackets.of(A4, B4, TCP, 2, 40, false, new byte[100])))
                .hasSize(160);
    }

    @Test
    @Requirement({"RFC7112:5", "RFC8200:4.5"})
    void a_first_ipv6_fragment_without_all_headers_is_told_to_its_sender() {
        byte[] options = {TCP, 0, 1, 4, 0, 0, 0, 0};
        Packet packet = FragmentPackets.of(A6, B6, 60, 1, 0, true, options);
        assertThat(host.input.accept(packet, LOCAL)).isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(host.input.problemCode()).isEqualTo(3);
        assertThat(host.input.problemPointer()).isZero();
        assertThat(host.input.accept(FragmentPackets.of(A6, B6, TCP, 1, 0, true, new byte[16]), LOCAL))
                .isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(host.refusals.get(Refusal.FRAGMENT_HEADER_CHAIN)).isEqualTo(2);
        assertThat(host.input.accept(FragmentPackets.of(A6, "ff02::1", TCP, 1, 0, true, new byte[16]), LOCAL))
                .isEqualTo(IpVerdict.DROPPED);
        // Nothing of it is asked of the other fragments.
        assertThat(host.input.accept(FragmentPackets.of(A6, B6, TCP, 1, 8, true, new byte[8]), LOCAL))
                .isEqualTo(IpVerdict.FRAGMENT);
    }

    @Test
    @Requirement("RFC8200:4.5")
    void lengths_that_cannot_be_are_told_to_the_sender_over_ipv6_only() {
        assertThat(host.input.accept(FragmentPackets.of(A6, B6, ANY, 1, 0, true, new byte[15]), LOCAL))
                .isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(host.input.problemCode()).isZero();
        assertThat(host.input.problemPointer()).as("the payload length").isEqualTo(4);
        assertThat(host.input.accept(FragmentPackets.of(A6, B6, ANY, 1, 65_528, false, new byte[8]), LOCAL))
                .isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(host.input.problemPointer()).as("the fragment offset").isEqualTo(42);
        assertThat(host.input.accept(FragmentPackets.of(A4, B4, ANY, 1, 0, true, new byte[15]), LOCAL))
                .isEqualTo(IpVerdict.DROPPED);
    }

    @Test
    void a_ping_of_death_is_refused() {
        // Beyond the end by itself.
        assertThat(host.input.accept(FragmentPackets.of(A4, B4, 1, 1, 65_528, false, new byte[8]), LOCAL))
                .isEqualTo(IpVerdict.DROPPED);
        assertThat(host.refusals.get(Refusal.IPV4_FRAGMENT)).isEqualTo(1);
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
        host.arrive(Packets.of(b.array()));
        for (int offset = 1000; offset < 64_000; offset += 9000) {
            host.arrive(v4(2, offset, true, 9000));
        }
        assertThat(host.arrive(v4(2, 64_000, false, 1515))).isNull();
        assertThat(host.refusals.get(Refusal.FRAGMENT_TOO_LONG)).isEqualTo(1);
        assertThat(host.memory.usedBytes()).isZero();
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
            host.arrive(FragmentPackets.withTrafficClass(0x48 | first, from, to, ANY, 1, 0, true, new byte[16]));
            byte[] whole = host.arrive(
                    FragmentPackets.withTrafficClass(0x48 | second, from, to, ANY, 1, 16, false, new byte[16]));
            if (result < 0) {
                assertThat(whole).isNull();
            } else {
                ByteBuffer b = ByteBuffer.wrap(Objects.requireNonNull(whole));
                int trafficClass = six ? b.getInt(0) >>> 20 & 0xff : b.get(1) & 0xff;
                assertThat(trafficClass).isEqualTo(0x48 | result);
            }
        }
        assertThat(host.refusals.get(Refusal.FRAGMENT_ECN)).isEqualTo(result < 0 ? 2 : 0);
    }

    @ParameterizedTest
    @CsvSource({"false, 30", "true, 60"})
    @Requirement({"RFC1122:3.3.2", "RFC8200:4.5"})
    void what_is_not_complete_in_time_is_given_up_and_told_if_the_first_fragment_came(boolean six, int seconds) {
        Reassembly family = six ? host.ipv6 : host.ipv4;
        assertThat(family.nextDeadlineNs()).isEqualTo(Clock.NEVER);
        long began = host.nowNs;
        host.arrive(six ? v6(1, 0, true, 24) : v4(1, 0, true, 24));
        host.nowNs += SECOND;
        host.arrive(six ? v6(2, 24, true, 24) : v4(2, 24, true, 24));
        host.nowNs += SECOND;
        host.arrive(six ? v6(1, 24, true, 24) : v4(1, 24, true, 24));
        long deadline = began + seconds * SECOND;
        assertThat(family.nextDeadlineNs()).as("from the first arrival").isEqualTo(deadline);
        assertThat(family.expire(deadline - 1)).isEmpty();
        List<Reassembly.TimedOut> late = family.expire(deadline);
        assertThat(late).hasSize(1);
        Packet first = late.getFirst().first();
        assertThat(first.length()).isEqualTo(six ? 72 : 44);
        assertThat(IpAddress.of(first.sourceHigh, first.sourceLow)).hasToString(six ? A6 : A4);
        host.packets.release(first);
        assertThat(family.nextDeadlineNs()).isEqualTo(deadline + SECOND);
        assertThat(family.expire(deadline + SECOND))
                .as("the first fragment has not come")
                .isEmpty();
        assertThat(host.counters.get(six ? IpCounter.Ip6ReasmTimeout : IpCounter.IpReasmTimeout))
                .isEqualTo(2);
        assertThat(host.counters.get(six ? IpCounter.Ip6ReasmFails : IpCounter.IpReasmFails))
                .isEqualTo(2);
        assertThat(family.heldBytes()).isZero();
        assertThat(host.memory.usedBytes()).isZero();
    }

    @Test
    void after_close_nothing_is_kept() {
        host.arrive(v4(1, 0, true, 8));
        host.ipv4.close();
        assertThat(host.memory.usedBytes()).isZero();
        host.arrive(v4(1, 0, true, 8));
        assertThat(host.memory.usedBytes()).isZero();
    }

    @Test
    void a_fragment_within_a_reassembled_packet_is_refused() {
        ByteBuffer inner = ByteBuffer.allocate(24).putInt(ANY << 24 | 1).putInt(77);
        host.arrive(FragmentPackets.of(A6, B6, 44, 1, 0, true, inner.array()));
        byte[] whole = host.arrive(v6(1, 24, false, 8));
        assertThat(whole).isNotNull();
        Packet packet = Packets.of(Objects.requireNonNull(whole));
        assertThat(host.input.acceptReassembled(packet, LOCAL)).isEqualTo(IpVerdict.DROPPED);
        assertThat(host.refusals.get(Refusal.IPV6_FRAGMENT)).isEqualTo(1);
    }
}
