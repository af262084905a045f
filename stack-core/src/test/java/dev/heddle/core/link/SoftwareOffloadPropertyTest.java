package dev.heddle.core.link;

import static dev.heddle.core.link.TestPackets.payload;
import static dev.heddle.core.link.TestPackets.see;
import static dev.heddle.core.link.TestPackets.slicedSegment;
import static dev.heddle.core.link.TestPackets.stream;
import static dev.heddle.core.wire.TcpHeader.ACK;
import static dev.heddle.core.wire.TcpHeader.FIN;
import static dev.heddle.core.wire.TcpHeader.PSH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.TestPackets.Seen;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Super-segments of every size, cut and read by a strict receiver. */
class SoftwareOffloadPropertyTest {

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void the_parts_of_a_super_segment_are_right_and_add_up_to_it(
            @ForAll boolean ipv4,
            @ForAll @IntRange(min = 0, max = 65_000) int length,
            @ForAll @IntRange(min = 100, max = 1428) int gsoSize,
            @ForAll @IntRange(min = 0, max = 3000) int inHead) {
        List<Seen> parts = new ArrayList<>();
        SoftwareOffload offload =
                new SoftwareOffload(packet -> parts.add(see(ipv4, packet)), LinkCapabilities.plain(1500));
        byte[] payload = payload(length);
        Packet whole = slicedSegment(ipv4, ACK | PSH | FIN, payload, gsoSize, Math.min(inHead, length), stream());
        assertThat(offload.transmit(whole)).isTrue();

        assertThat(parts).hasSize(Math.max(1, (length + gsoSize - 1) / gsoSize));
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        parts.forEach(part -> joined.writeBytes(part.payload()));
        assertThat(joined.toByteArray()).isEqualTo(payload);
        for (int i = 0; i < parts.size(); i++) {
            Seen part = parts.get(i);
            boolean last = i == parts.size() - 1;
            assertThat(part.sequence()).isEqualTo(TestPackets.SEQUENCE + i * gsoSize);
            assertThat(part.flags()).isEqualTo(last ? ACK | PSH | FIN : ACK);
            if (ipv4) {
                assertThat(part.identification()).isEqualTo((TestPackets.IDENTIFICATION + i) & 0xffff);
            }
            if (!last) {
                assertThat(part.payload()).hasSize(gsoSize);
            }
        }
    }
}
