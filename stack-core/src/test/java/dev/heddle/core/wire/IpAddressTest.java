package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.core.Requirement;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::FFFF:c000:0201, 192.0.2.1",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8::2, 2001:db8::2",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "fe80::0001, fe80::1"
    })
    @Requirement("RFC5952:4")
    void text_is_read_and_written_in_the_recommended_form(String text, String recommended) {
        assertThat(IpAddress.parse(text)).hasToString(recommended);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.-4",
                "1.2.3.4 ",
                "1..2.3",
                "1.2.3.",
                ":",
                ":::",
                "1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8:",
                ":1:2:3:4:5:6:7:8",
                "1::2::3",
                "12345::",
                "g::",
                "1:2:3:4::5:6:7:8",
                "::1.2.3",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:",
                "::1:",
                "localhost",
                "١.٢.٣.٤",
                "::+1",
                "1:2:3:4:5:6:1.2.3.4:",
                "1.2.3.4:",
                "::1.2.3.4::",
                "[::1]"
            })
    void what_is_no_address_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.parse(text));
    }

    @Provide
    Arbitrary<IpAddress> addresses() {
        // halves with many zero groups, so that all kinds of gaps come
        Arbitrary<Long> half = Combinators.combine(
                        Arbitraries.longs(), Arbitraries.integers().between(0, 15))
                .as((bits, groups) -> {
                    long mask = 0;
                    for (int i = 0; i < 4; i++) {
                        mask |= (groups >>> i & 1) == 0 ? 0 : 0xffffL << 16 * i;
                    }
                    return bits & mask;
                });
        return Arbitraries.oneOf(
                Combinators.combine(half, half).as(IpAddress::of),
                Arbitraries.integers().map(IpAddress::ofIpv4));
    }

    @Property(tries = 2000)
    void text_and_inet_address_round_trip(@ForAll("addresses") IpAddress address) throws UnknownHostException {
        assertThat(IpAddress.parse(address.toString())).isEqualTo(address).hasSameHashCodeAs(address);
        InetAddress inet = address.toInetAddress();
        assertThat(IpAddress.of(inet)).isEqualTo(address);
        assertThat(InetAddress.getByName(address.toString())).isEqualTo(inet);
        assertThat(IpAddress.parse(inet.getHostAddress())).isEqualTo(address);
    }

    @Property(tries = 2000)
    void kinds_agree_with_inet_address(@ForAll("addresses") IpAddress address) {
        assertKindsAgree(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "127.0.0.1",
                "127.255.1.2",
                "126.0.0.1",
                "128.0.0.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "223.255.255.255",
                "169.254.3.4",
                "169.253.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::2",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "fe7f::1",
                "ff02::1",
                "feff::",
                "::7f00:1",
                "::e000:1",
                "1::ffff:0:0"
            })
    void kinds_agree_with_inet_address_at_the_edges(String text) {
        assertKindsAgree(IpAddress.parse(text));
    }

    private static void assertKindsAgree(IpAddress address) {
        InetAddress inet = address.toInetAddress();
        assertThat(address.isAny()).isEqualTo(inet.isAnyLocalAddress());
        assertThat(address.isLoopback()).isEqualTo(inet.isLoopbackAddress());
        assertThat(address.isMulticast()).isEqualTo(inet.isMulticastAddress());
        assertThat(address.isLinkLocal()).isEqualTo(inet.isLinkLocalAddress());
        assertThat(address.isIpv4()).isEqualTo(inet.getAddress().length == 4);
        assertThat(address.isBroadcast())
                .isEqualTo(
                        address.isIpv4() && ByteBuffer.wrap(inet.getAddress()).getInt() == -1);
    }

    @Test
    void constants_are_what_they_say() {
        assertThat(IpAddress.ANY_V4).hasToString("0.0.0.0");
        assertThat(IpAddress.ANY_V6).hasToString("::");
        assertThat(IpAddress.LOOPBACK_V4).hasToString("127.0.0.1");
        assertThat(IpAddress.LOOPBACK_V6).hasToString("::1");
    }

    @Test
    void only_ipv4_addresses_have_32_bits() {
        assertThat(IpAddress.LOOPBACK_V4.ipv4()).isEqualTo(0x7f000001);
        assertThatIllegalStateException().isThrownBy(IpAddress.LOOPBACK_V6::ipv4);
    }

    @Test
    void order_is_numeric() {
        assertThat(IpAddress.parse("fe80::1")).isGreaterThan(IpAddress.parse("1.2.3.4"));
        assertThat(IpAddress.parse("200.0.0.1")).isGreaterThan(IpAddress.parse("1.2.3.4"));
        assertThat(IpAddress.parse("::ffff:ffff:ffff:ffff")).isGreaterThan(IpAddress.parse("::1"));
        assertThat(IpAddress.parse("::1")).isEqualByComparingTo(IpAddress.LOOPBACK_V6);
    }
}
