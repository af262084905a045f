package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.GoldenPackets;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Refusal;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A segment gets through whatever options IP brought it with. */
class UnknownIpOptionsTest {

    private static final IpLocalAddresses LOCAL = IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24")));

    private final IpInput input = new IpInput(new CounterSet<>(IpCounter.class), new CounterSet<>(Refusal.class));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9e04abcd", // of no known kind
                "5e08000000000000010000", // with an end and padding
                "44080500 00000000", // Timestamp
                "07070400000000 00", // Record Route
                "01010101"
            })
    @Requirement({"RFC9293:MUST-50", "RFC1122:3.2.1.8"})
    void segment_is_let_in_behind_options_that_are_not_understood(String options) {
        byte[] plain = GoldenPackets.bytes("tcp4-data");
        byte[] added = HexFormat.of().parseHex(options.replace(" ", ""));
        int optionBytes = (added.length + 3) / 4 * 4;
        ByteBuffer b = ByteBuffer.allocate(plain.length + optionBytes);
        b.put(0, plain, 0, 20).put(20, added).put(20 + optionBytes, plain, 20, plain.length - 20);
        b.put(0, (byte) (0x45 + optionBytes / 4))
                .putShort(2, (short) b.capacity())
                .putShort(10, (short) 0);
        b.putShort(10, (short) Checksum.finish(Checksum.add(b, 0, 20 + optionBytes, 0)));

        Packet packet = Packets.of(b.array());
        assertThat(input.accept(packet, LOCAL)).isEqualTo(IpVerdict.TCP);
        assertThat(packet.transportOffset).isEqualTo(Packet.HEADROOM + 20 + optionBytes);
        assertThat(packet.transportLength).isEqualTo(plain.length - 20);
    }
}
