package dev.heddle.core.link;

import static dev.heddle.core.link.TestPackets.payload;
import static dev.heddle.core.link.TestPackets.see;
import static dev.heddle.core.link.TestPackets.segment;
import static dev.heddle.core.link.TestPackets.slicedSegment;
import static dev.heddle.core.link.TestPackets.stream;
import static dev.heddle.core.wire.TcpHeader.ACK;
import static dev.heddle.core.wire.TcpHeader.CWR;
import static dev.heddle.core.wire.TcpHeader.ECE;
import static dev.heddle.core.wire.TcpHeader.PSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.buffer.StreamBuffer;
import dev.heddle.core.link.TestPackets.Seen;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftwareOffloadTest {

    private static final int MTU = 1500;

    /** Keeps copies, and has room only for so many. */
    private static final class Sink implements PacketSink {

        private final List<Packet> packets = new ArrayList<>();
        private int room = Integer.MAX_VALUE;

        @Override
        public boolean transmit(Packet packet) {
            if (packets.size() >= room) {
                return false;
            }
            packets.add(TestPackets.copy(packet));
            return true;
        }
    }

    private final Sink sink = new Sink();
    private final SoftwareOffload offload = new SoftwareOffload(sink, LinkCapabilities.plain(MTU));

    private List<Seen> seen(boolean ipv4) {
        return sink.packets.stream().map(packet -> see(ipv4, packet)).toList();
    }

    private static byte[] joined(List<Seen> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(part -> all.writeBytes(part.payload()));
        return all.toByteArray();
    }

    @Test
    void offers_super_segments_and_checksums_over_a_plain_sink() {
        assertThat(offload.capabilities()).isEqualTo(new LinkCapabilities(MTU, Packet.MAX_LENGTH, true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cwr_is_only_on_the_first_part_and_ece_on_all(boolean ipv4) {
        offload.transmit(segment(ipv4, ACK | CWR | ECE, payload(3000), 1000));
        assertThat(seen(ipv4)).extracting(Seen::flags).containsExactly(ACK | CWR | ECE, ACK | ECE, ACK | ECE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_ordinary_segment_only_gets_its_checksum_whatever_the_slices_alignment(boolean ipv4) {
        for (int inHead = 0; inHead < 4; inHead++) {
            StreamBuffer stream = stream();
            stream.start(0);
            byte[] payload = payload(1400);
            Packet packet = slicedSegment(ipv4, ACK, payload, 0, inHead, stream);
            assertThat(offload.transmit(packet)).isTrue();
            assertThat(packet.sliceCount()).isEqualTo(2);
            byte[] kept = new byte[1400 - inHead];
            stream.read(0, kept, 0, kept.length);
            assertThat(joined(List.of(see(ipv4, sink.packets.getLast())))).isEqualTo(payload);
            assertThat(kept).as("chunks are only read").isEqualTo(Arrays.copyOfRange(payload, inHead, 1400));
        }
    }

    @Test
    void a_complete_checksum_is_left_alone() {
        Packet packet = segment(true, ACK, payload(100), 0);
        packet.checksumCompleted();
        byte[] before = TestPackets.bytesOf(packet);
        offload.transmit(packet);
        assertThat(TestPackets.bytesOf(sink.packets.getFirst())).isEqualTo(before);
    }

    @Test
    void what_the_sink_can_do_itself_is_left_to_it() {
        SoftwareOffload able = new SoftwareOffload(sink, new LinkCapabilities(MTU, 30_000, true));
        able.transmit(segment(true, ACK, payload(20_000), 1000));
        able.transmit(segment(true, ACK, payload(40_000), 1000));
        able.transmit(segment(true, ACK, payload(10), 0));
        assertThat(sink.packets).hasSize(1 + 40 + 1);
        assertThat(sink.packets.getFirst().gsoSize()).isEqualTo(1000);
        assertThat(sink.packets.getLast().checksumStart()).isEqualTo(20);
    }

    @Test
    void a_sink_that_is_full_from_the_start_refuses_the_whole() {
        sink.room = 0;
        Packet whole = segment(true, ACK | PSH, payload(5000), 1000);
        byte[] before = TestPackets.bytesOf(whole);
        assertThat(offload.transmit(whole)).isFalse();
        assertThat(offload.flush()).as("nothing was kept").isTrue();
        assertThat(TestPackets.bytesOf(whole)).isEqualTo(before);
        sink.room = 100;
        assertThat(offload.transmit(whole)).isTrue();
        assertThat(joined(seen(true))).isEqualTo(payload(5000));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_rest_of_a_super_segment_is_kept_and_goes_before_anything_else(boolean ipv4) {
        sink.room = 2;
        StreamBuffer stream = stream();
        byte[] payload = payload(5000);
        assertThat(offload.transmit(slicedSegment(ipv4, ACK | PSH, payload, 1000, 0, stream)))
                .isTrue();
        // The bytes were consumed: their memory may serve another now.
        stream.write(0, new byte[5000], 0, 5000);
        assertThat(offload.flush()).isFalse();
        assertThat(offload.transmit(segment(ipv4, ACK, payload(1), 0))).isFalse();
        sink.room = 4;
        assertThat(offload.transmit(segment(ipv4, ACK, payload(1), 0))).isFalse();
        assertThat(sink.packets).hasSize(4);
        sink.room = 100;
        assertThat(offload.flush()).isTrue();
        assertThat(offload.flush()).isTrue();
        assertThat(offload.transmit(segment(ipv4, ACK, payload(1), 0))).isTrue();

        List<Seen> parts = seen(ipv4);
        assertThat(parts).hasSize(6);
        assertThat(joined(parts.subList(0, 5))).isEqualTo(payload);
        assertThat(parts.get(4).flags()).isEqualTo(ACK | PSH);
        assertThat(parts.get(4).sequence()).isEqualTo(TestPackets.SEQUENCE + 4000);
    }

    @Test
    void what_cannot_be_cut_is_refused() {
        Packet tooLong = segment(true, ACK, payload(5000), MTU);
        assertThatThrownBy(() -> offload.transmit(tooLong)).isInstanceOf(IllegalArgumentException.class);
        Packet complete = segment(true, ACK, payload(5000), 1000);
        complete.checksumCompleted();
        assertThatThrownBy(() -> offload.transmit(complete)).isInstanceOf(IllegalArgumentException.class);
        Packet outside = segment(true, ACK, payload(0), 0);
        outside.incompleteChecksum(outside.length(), 16);
        assertThatThrownBy(() -> offload.transmit(outside)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sink.packets).isEmpty();
    }
}
