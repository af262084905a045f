package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Addresses that lead nowhere. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackAddressTest {

    @Test
    void an_address_without_route_is_unreachable() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Socket socket = network.clients().createSocket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("198.51.100.1", 80)))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Network is unreachable");
        }
    }

    @Test
    void a_gateway_off_every_link_is_refused_and_the_link_is_closed() {
        MemoryLink.Pair cable = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), Clock.system());
        NetworkStackBuilder builder =
                NetworkStack.builder().link(cable.a()).address("192.0.2.9/24").defaultGateway("198.51.100.1");
        assertThatThrownBy(builder::build)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("gateway 198.51.100.1 is on no link's network");
        assertThatThrownBy(() -> cable.a().awaitWork(0)).isExactlyInstanceOf(LinkDownException.class);
        cable.close();
    }
}
