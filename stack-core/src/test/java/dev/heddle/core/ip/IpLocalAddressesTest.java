package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLocalAddressesTest {

    private static final IpLocalAddresses LOCAL = IpLocalAddresses.of(List.of(
            IpPrefix.parse("192.0.2.2/24"),
            IpPrefix.parse("10.0.0.5/8"),
            IpPrefix.parse("fe80::2/64"),
            IpPrefix.parse("2001:db8::2/64"),
            IpPrefix.parse("2001:db8::3/128")));

    @Test
    void contains_the_addresses_and_not_their_networks() {
        assertThat(contains("192.0.2.2")).isTrue();
        assertThat(contains("2001:db8::3")).isTrue();
        assertThat(contains("192.0.2.3")).isFalse();
        assertThat(contains("2001:db9::2")).isFalse();
        assertThat(IpLocalAddresses.EMPTY.contains(0, 1)).isFalse();
    }

    private static boolean contains(String text) {
        IpAddress address = IpAddress.parse(text);
        return LOCAL.contains(address.high(), address.low());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.255", "10.255.255.255", "255.255.255.255"})
    void knows_the_broadcast_addresses_of_its_networks(String text) {
        IpAddress address = IpAddress.parse(text);
        assertThat(LOCAL.isBroadcast(address.high(), address.low())).isTrue();
        assertThat(LOCAL.isBroadcast(1, address.low())).isFalse();
        assertThat(IpLocalAddresses.EMPTY.isBroadcast(address.high(), address.low()))
                .isEqualTo(address.isBroadcast());
    }

    @Test
    void one_address_has_one_prefix() {
        IpLocalAddresses changed = LOCAL.with(IpPrefix.parse("192.0.2.2/16"));
        assertThat(changed.prefixes()).hasSize(5).contains(IpPrefix.parse("192.0.2.2/16"));
        assertThat(changed.without(IpAddress.parse("192.0.2.2")).prefixes()).hasSize(4);
        assertThat(LOCAL.prefixes()).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.77, 192.0.2.2",
        "10.9.9.9, 10.0.0.5",
        "8.8.8.8, 192.0.2.2",
        "fe80::9, fe80::2",
        "2001:db8::9, 2001:db8::2",
        "2001:db8::3, 2001:db8::3",
        "2606:4700::1, 2001:db8::2"
    })
    void source_is_near_the_destination(String destination, String source) {
        IpAddress to = IpAddress.parse(destination);
        assertThat(LOCAL.sourceFor(to.high(), to.low())).hasToString(source);
    }

    @Test
    void there_is_no_source_without_an_address_of_the_family() {
        IpLocalAddresses onlyIpv4 = IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24")));
        assertThat(onlyIpv4.sourceFor(0, 1)).isNull();
    }

    @Test
    @Requirement("RFC1122:3.2.1.3")
    void one_loopback_address_stands_for_its_whole_network() {
        IpLocalAddresses host = LOCAL.with(IpPrefix.parse("127.0.0.1/8"));
        for (String text : List.of("127.0.0.1", "127.0.0.2", "127.255.255.254")) {
            IpAddress address = IpAddress.parse(text);
            assertThat(host.contains(address.high(), address.low())).as(text).isTrue();
            assertThat(LOCAL.contains(address.high(), address.low())).as(text).isFalse();
        }
        for (String text : List.of("127.255.255.255", "128.0.0.1", "::1")) {
            IpAddress address = IpAddress.parse(text);
            assertThat(host.contains(address.high(), address.low())).as(text).isFalse();
        }
    }

    @Test
    @Requirement("RFC6724:5")
    void of_several_ipv6_sources_the_one_with_most_bits_in_common_is_taken() {
        IpLocalAddresses host =
                IpLocalAddresses.of(List.of(IpPrefix.parse("fd00:1::2/64"), IpPrefix.parse("2001:db8::2/64")));
        IpAddress global = IpAddress.parse("2606:4700::1");
        assertThat(host.sourceFor(global.high(), global.low())).hasToString("2001:db8::2");
        IpAddress local = IpAddress.parse("fd00:2::1");
        assertThat(host.sourceFor(local.high(), local.low())).hasToString("fd00:1::2");
    }
}
