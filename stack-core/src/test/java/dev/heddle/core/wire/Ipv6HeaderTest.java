package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walk over extension headers that Linux does not send by itself. */
class Ipv6HeaderTest {

    private static final String HOP_BY_HOP = "00";
    private static final String UDP = "11";
    private static final String ROUTING = "2b";
    private static final String FRAGMENT = "2c";
    private static final String AUTHENTICATION = "33";
    private static final String DESTINATION_OPTIONS = "3c";
    private static final String DATAGRAM = "0001000200080000";

    private final Ipv6Header header = new Ipv6Header();

    private Refusal wrap(String nextHeader, String payload) {
        byte[] bytes = HexFormat.of().parseHex(payload.replace(" ", ""));
        ByteBuffer b = ByteBuffer.allocate(Ipv6Header.HEADER_BYTES + bytes.length);
        Ipv6Header.write(b, 0, bytes.length, Integer.parseInt(nextHeader, 16), 64, 0, 0, 1, 2, 3, 4);
        b.put(Ipv6Header.HEADER_BYTES, bytes);
        return header.wrap(b, 0, b.capacity());
    }

    @Test
    @Requirement("RFC8200:4.1")
    void all_headers_in_the_recommended_order_lead_to_the_transport() {
        Refusal refusal = wrap(
                HOP_BY_HOP,
                DESTINATION_OPTIONS + "00010400000000"
                        + ROUTING + "00010400000000"
                        + AUTHENTICATION + "00030000000000"
                        + DESTINATION_OPTIONS + "0400000000000100000002" + "0102030405060708090a0b0c"
                        + UDP + "00010400000000"
                        + DATAGRAM);
        assertThat(refusal).isEqualTo(Refusal.NONE);
        assertThat(header.protocol()).isEqualTo(UdpHeader.PROTOCOL);
        assertThat(header.transportLength()).isEqualTo(8);
        assertThat(header.isFragment()).isFalse();
    }

    @Test
    void authentication_header_counts_in_words_of_four_bytes() {
        // 4 in its length field: 24 bytes
        assertThat(wrap(AUTHENTICATION, UDP + "0400000000000100000002" + "0102030405060708090a0b0c" + DATAGRAM))
                .isEqualTo(Refusal.NONE);
        assertThat(header.transportOffset()).isEqualTo(64);
        assertThat(header.transportLength()).isEqualTo(8);
    }

    @Test
    @Requirement("RFC6946:4")
    void atomic_fragment_is_a_whole_packet() {
        // the reserved bits are not looked at
        assertThat(wrap(FRAGMENT, UDP + "ff0006 12345678" + DATAGRAM)).isEqualTo(Refusal.NONE);
        assertThat(header.isFragment()).isFalse();
        assertThat(header.protocol()).isEqualTo(UdpHeader.PROTOCOL);
        assertThat(header.transportOffset()).isEqualTo(48);
    }

    @Test
    void walk_stops_at_a_fragment_because_what_follows_may_be_elsewhere() {
        assertThat(wrap(FRAGMENT, DESTINATION_OPTIONS + "000009 12345678" + DATAGRAM))
                .isEqualTo(Refusal.NONE);
        assertThat(header.isFragment()).isTrue();
        assertThat(header.moreFragments()).isTrue();
        assertThat(header.fragmentOffsetBytes()).isEqualTo(8);
        assertThat(header.identification()).isEqualTo(0x12345678);
        assertThat(header.protocol()).isEqualTo(60);
        // the view forgets it with the next packet
        assertThat(wrap(UDP, DATAGRAM)).isEqualTo(Refusal.NONE);
        assertThat(header.isFragment()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e0400000000", "000000000000", "010400000000", "050200000100", "3f0400000000"})
    @Requirement("RFC8200:4.2")
    void options_that_may_be_skipped_are_skipped(String options) {
        assertThat(wrap(DESTINATION_OPTIONS, UDP + "00" + options + DATAGRAM)).isEqualTo(Refusal.NONE);
        assertThat(header.transportOffset()).isEqualTo(48);
    }

    @ParameterizedTest
    @ValueSource(strings = {"400400000000", "800400000000", "c00400000000"})
    @Requirement("RFC8200:4.2")
    void unknown_options_that_ask_for_it_discard_the_packet(String options) {
        assertThat(wrap(DESTINATION_OPTIONS, UDP + "00" + options + DATAGRAM)).isEqualTo(Refusal.IPV6_OPTION_UNKNOWN);
    }

    @Test
    @Requirement({"RFC5095:3", "RFC8200:4.4"})
    void routing_header_at_its_end_is_ignored_whatever_its_type() {
        assertThat(wrap(ROUTING, UDP + "00000000000000" + DATAGRAM)).isEqualTo(Refusal.NONE);
        assertThat(wrap(ROUTING, UDP + "00630000000000" + DATAGRAM)).isEqualTo(Refusal.NONE);
        assertThat(wrap(ROUTING, UDP + "00630100000000" + DATAGRAM)).isEqualTo(Refusal.IPV6_ROUTING_HEADER);
    }

    @Test
    void empty_payload_is_an_empty_transport() {
        assertThat(wrap(UDP, "")).isEqualTo(Refusal.NONE);
        assertThat(header.transportLength()).isZero();
    }
}
