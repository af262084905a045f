package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.core.link.LinkProvider;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before anything is opened. */
class TunLinkProviderTest {

    private final LinkProvider provider = new TunLinkProvider();

    @Test
    void it_is_found_as_a_service() {
        assertThat(ServiceLoader.load(LinkProvider.class))
                .extracting(LinkProvider::kind)
                .contains("tun");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sixteen-letters-", "a b", "a/b", "a:b", "tun%d", ".", "..", "ééééééé1é"})
    void a_name_that_no_interface_can_have_is_refused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> provider.open(name, Map.of()))
                .withMessageContaining("interface name")
                .withMessageContaining("\"" + name + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "mtu, 67, MTU must be 68 to 65535: 67",
        "mtu, 65536, MTU must be 68 to 65535: 65536",
        "mtu, big, MTU must be 68 to 65535: big",
        "offload, yes, offload must be true or false: yes",
        "queues, 2, unknown property of a TUN link: queues",
    })
    void a_property_that_cannot_be_is_refused(String key, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> provider.open("heddle0", Map.of(key, value)))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "192.0.2.1/33", "192.0.2.256/24", "fd00::1/129", "192.0.2.1/24,,", "here/24"})
    void an_address_that_cannot_be_is_refused(String address) {
        assertThatIllegalArgumentException().isThrownBy(() -> provider.open("heddle0", Map.of("address", address)));
    }

    @Test
    void ipv6_needs_its_smallest_mtu() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> provider.open("heddle0", Map.of("address", "192.0.2.1/24,fd00::1/64", "mtu", "1279")))
                .withMessageContaining("fd00::1/64")
                .withMessageContaining("1280");
    }

    @Test
    void an_interface_with_addresses_is_up() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> provider.open("heddle0", Map.of("address", "192.0.2.1/24", "up", "false")));
    }
}
