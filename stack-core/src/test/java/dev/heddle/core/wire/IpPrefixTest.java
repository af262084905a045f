package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {

    @Test
    void text_keeps_the_host_bits() {
        IpPrefix prefix = IpPrefix.parse("192.0.2.2/24");
        assertThat(prefix.address()).isEqualTo(IpAddress.parse("192.0.2.2"));
        assertThat(prefix.length()).isEqualTo(24);
        assertThat(prefix).hasToString("192.0.2.2/24");
        assertThat(prefix.network()).hasToString("192.0.2.0/24");
        assertThat(IpPrefix.parse("2001:db8::5/64").network()).hasToString("2001:db8::/64");
        assertThat(IpPrefix.parse("192.0.2.2")).hasToString("192.0.2.2/32");
        assertThat(IpPrefix.parse("::1")).hasToString("::1/128");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.2/33", "192.0.2.2/", "192.0.2.2/-1", "::/129", "::/1x", "x/8", "1.2.3.4/+8", "/8"})
    void what_is_no_prefix_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.255, true",
        "192.0.2.0/24, 192.0.3.0, false",
        "192.0.2.2/32, 192.0.2.2, true",
        "192.0.2.2/32, 192.0.2.3, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 8.8.8.8, false",
        "2001:db8::/64, 2001:db8::ffff:1, true",
        "2001:db8::/64, 2001:db8:0:1::, false",
        "2001:db8::/127, 2001:db8::2, false",
        "::1/128, ::1, true"
    })
    void contains_the_addresses_of_its_family_and_network(String prefix, String address, boolean expected) {
        assertThat(IpPrefix.parse(prefix).contains(IpAddress.parse(address))).isEqualTo(expected);
    }

    @Property(tries = 500)
    void contains_agrees_with_big_numbers(
            @ForAll long high,
            @ForAll long low,
            @ForAll @IntRange(max = 127) int bit,
            @ForAll @IntRange(max = 128) int n) {
        IpPrefix prefix = new IpPrefix(IpAddress.of(high | 1L << 60, low), n);
        BigInteger flipped = number(prefix.address()).flipBit(127 - bit);
        IpAddress other = IpAddress.of(flipped.shiftRight(64).longValue(), flipped.longValue());
        boolean sameFamily = !other.isIpv4();
        assertThat(prefix.contains(other)).isEqualTo(bit >= n && sameFamily);
        assertThat(number(prefix.network().address()).getLowestSetBit())
                .satisfiesAnyOf(
                        lowest -> assertThat(lowest).isEqualTo(-1),
                        lowest -> assertThat(lowest).isGreaterThanOrEqualTo(128 - n));
    }

    private static BigInteger number(IpAddress address) {
        BigInteger high = new BigInteger(Long.toUnsignedString(address.high()));
        return high.shiftLeft(64).add(new BigInteger(Long.toUnsignedString(address.low())));
    }

    @Test
    void only_ipv4_networks_of_four_addresses_and_more_have_a_broadcast_address() {
        assertThat(IpPrefix.parse("192.0.2.2/24").broadcast()).hasToString("192.0.2.255");
        assertThat(IpPrefix.parse("192.0.2.5/30").broadcast()).hasToString("192.0.2.7");
        assertThat(IpPrefix.parse("10.1.2.3/8").broadcast()).hasToString("10.255.255.255");
        assertThat(IpPrefix.parse("192.0.2.2/31").broadcast()).isNull();
        assertThat(IpPrefix.parse("192.0.2.2/32").broadcast()).isNull();
        assertThat(IpPrefix.parse("2001:db8::/64").broadcast()).isNull();
    }
}
