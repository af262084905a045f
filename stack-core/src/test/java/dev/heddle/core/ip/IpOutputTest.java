package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpOutputTest {

    private static final IpAddress SOURCE_4 = IpAddress.parse("192.0.2.2");
    private static final IpAddress DESTINATION_4 = IpAddress.parse("198.51.100.7");
    private static final IpAddress SOURCE_6 = IpAddress.parse("2001:db8::2");
    private static final IpAddress DESTINATION_6 = IpAddress.parse("2001:db8:1::7");

    private static Packet transport(int bytes) {
        Packet packet = new Packet(bytes);
        packet.head(Packet.HEADROOM, bytes);
        return packet;
    }

    private static void prepend(Packet packet, IpAddress source, IpAddress destination, int protocol) {
        IpOutput.prepend(
                packet,
                source.high(),
                source.low(),
                destination.high(),
                destination.low(),
                protocol,
                0x2e,
                63,
                0x1234,
                0xabcde);
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 21, 1480, 65_515})
    void ipv4_header_covers_the_whole_packet(int bytes) {
        Packet packet = transport(bytes);
        packet.incompleteChecksum(0, 16);
        prepend(packet, SOURCE_4, DESTINATION_4, 6);

        Ipv4Header header = new Ipv4Header();
        assertThat(header.wrap(packet.buffer(), packet.offset(), packet.length()))
                .isEqualTo(Refusal.NONE);
        assertThat(header.verifyChecksum()).isTrue();
        assertThat(header.totalLength()).isEqualTo(20 + bytes);
        assertThat(header.transportOffset()).isEqualTo(Packet.HEADROOM);
        assertThat(header.trafficClass()).isEqualTo(0x2e);
        assertThat(header.ttl()).isEqualTo(63);
        assertThat(header.identification()).isEqualTo(0x1234);
        assertThat(header.source()).isEqualTo(SOURCE_4.ipv4());
        assertThat(header.destination()).isEqualTo(DESTINATION_4.ipv4());
        assertThat(packet.checksumStart()).isEqualTo(20);
    }

    @Test
    void only_tcp_forbids_fragments() {
        Ipv4Header header = new Ipv4Header();
        Packet segment = transport(20);
        prepend(segment, SOURCE_4, DESTINATION_4, 6);
        header.wrap(segment.buffer(), segment.offset(), segment.length());
        assertThat(header.dontFragment()).isTrue();

        Packet message = transport(20);
        prepend(message, SOURCE_4, DESTINATION_4, 1);
        header.wrap(message.buffer(), message.offset(), message.length());
        assertThat(header.dontFragment()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 1440, 65_495})
    void ipv6_header_covers_the_whole_packet(int bytes) {
        Packet packet = transport(bytes);
        packet.incompleteChecksum(0, 16);
        prepend(packet, SOURCE_6, DESTINATION_6, 6);

        Ipv6Header header = new Ipv6Header();
        assertThat(header.wrap(packet.buffer(), packet.offset(), packet.length()))
                .isEqualTo(Refusal.NONE);
        assertThat(header.payloadLength()).isEqualTo(bytes);
        assertThat(header.protocol()).isEqualTo(6);
        assertThat(header.trafficClass()).isEqualTo(0x2e);
        assertThat(header.hopLimit()).isEqualTo(63);
        assertThat(header.flowLabel()).isEqualTo(0xabcde);
        assertThat(header.sourceLow()).isEqualTo(SOURCE_6.low());
        assertThat(header.destinationHigh()).isEqualTo(DESTINATION_6.high());
        assertThat(packet.checksumStart()).isEqualTo(40);
    }

    @Test
    void longer_than_a_packet_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> prepend(transport(65_516), SOURCE_4, DESTINATION_4, 6));
        assertThatIllegalArgumentException().isThrownBy(() -> prepend(transport(65_496), SOURCE_6, DESTINATION_6, 6));
    }
}
