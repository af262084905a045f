package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FragmenterTest {

    @ParameterizedTest
    @CsvSource({"68, 100", "576, 8008", "1500, 8008", "1501, 1481", "1500, 65515"})
    @Requirement({"RFC791:3.2", "RFC1122:3.3.3"})
    void ipv4_fragments_fit_the_mtu_and_follow_each_other(int mtu, int length) {
        List<Packet> all = FragmentPackets.all("192.0.2.1", "192.0.2.2", 17, 0x1_2345, mtu, new byte[length]);
        int expected = 0;
        for (int i = 0; i < all.size(); i++) {
            Packet packet = all.get(i);
            Ipv4Header header = new Ipv4Header();
            assertThat(header.wrap(packet.buffer(), packet.offset(), packet.length()))
                    .isEqualTo(Refusal.NONE);
            assertThat(header.verifyChecksum()).isTrue();
            assertThat(packet.length()).isLessThanOrEqualTo(mtu);
            assertThat(header.fragmentOffsetBytes()).isEqualTo(expected);
            assertThat(header.moreFragments()).isEqualTo(i < all.size() - 1);
            assertThat(header.identification()).isEqualTo(0x2345);
            assertThat(header.dontFragment()).isFalse();
            expected += header.transportLength();
        }
        assertThat(expected).isEqualTo(length);
        assertThat(all.size()).isEqualTo((length + (mtu - 20) / 8 * 8 - 1) / ((mtu - 20) / 8 * 8));
    }

    @ParameterizedTest
    @CsvSource({"1280, 8008, 1280", "1500, 8008, 1500", "1500, 65535, 1500", "600, 3000, 1280"})
    @Requirement({"RFC8200:4.5", "RFC8200:5"})
    void ipv6_fragments_have_a_fragment_header_and_no_less_than_the_least_mtu(int mtu, int length, int longest) {
        List<Packet> all = FragmentPackets.all("2001:db8::1", "2001:db8::2", 17, 0x12345678, mtu, new byte[length]);
        int expected = 0;
        for (int i = 0; i < all.size(); i++) {
            Packet packet = all.get(i);
            Ipv6Header header = new Ipv6Header();
            assertThat(header.wrap(packet.buffer(), packet.offset(), packet.length()))
                    .isEqualTo(Refusal.NONE);
            assertThat(packet.length())
                    .isLessThanOrEqualTo(longest)
                    .isGreaterThan(i == all.size() - 1 ? 0 : longest - 8);
            assertThat(header.isFragment()).isTrue();
            assertThat(header.protocol()).isEqualTo(17);
            assertThat(header.fragmentOffsetBytes()).isEqualTo(expected);
            assertThat(header.moreFragments()).isEqualTo(i < all.size() - 1);
            assertThat(header.identification()).isEqualTo(0x12345678);
            expected += header.transportLength();
        }
        assertThat(expected).isEqualTo(length);
    }

    @Test
    void what_no_length_field_can_tell_cannot_be_sent() {
        assertThat(Fragmenter.isPossible(65_515, true)).isTrue();
        assertThat(Fragmenter.isPossible(65_516, true)).isFalse();
        assertThat(Fragmenter.isPossible(65_535, false)).isTrue();
        assertThat(Fragmenter.isPossible(65_536, false)).isFalse();
    }
}
