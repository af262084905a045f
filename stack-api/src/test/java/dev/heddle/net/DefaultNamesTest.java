package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names in a JVM whose default stack has been told where they are; in a JVM of its own, as {@link DefaultStackTest}. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("AddressSelection") // programs say it so
class DefaultNamesTest {

    @Test
    void all_names_of_the_jvm_are_looked_up_by_the_stack(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "198.51.100.7 listed.example.org\n");
        try (NamedNetwork network = new NamedNetwork(
                        builder -> builder.dns(NamedNetwork.FIRST).hosts(hosts));
                NameServer server = network.server(NamedNetwork.FIRST);
                ServerSocket listener = network.servers.serverSocketFactory().createServerSocket(80)) {
            server.knows(
                    "www.example.org 60 AAAA 2001:db8::53",
                    "www.example.org 60 A " + NamedNetwork.SECOND,
                    "9.100.51.198.in-addr.arpa 60 PTR nine.example.org",
                    "nine.example.org 60 A 198.51.100.9");
            network.client.installAsDefault();
            assertThat(InetAddress.getAllByName("www.example.org"))
                    .extracting(InetAddress::toString)
                    .containsExactly("www.example.org/" + NamedNetwork.SECOND, "www.example.org/2001:db8:0:0:0:0:0:53");
            assertThat(InetAddress.getAllByName("listed.example.org")[0].getHostAddress())
                    .isEqualTo("198.51.100.7");
            assertThat(InetAddress.getAllByName("198.51.100.9")[0].getHostName())
                    .isEqualTo("nine.example.org");
            assertThat(InetAddress.getAllByName("198.51.100.7")[0].getCanonicalHostName())
                    .isEqualTo("listed.example.org");
            assertThat(InetAddress.getAllByName("localhost")[0].isLoopbackAddress())
                    .isTrue();
            assertThatThrownBy(() -> InetAddress.getAllByName("nobody.example.org"))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("nobody.example.org: Name or service not known");
            try (Socket socket = new Socket("www.example.org", 80);
                    Socket accepted = listener.accept()) {
                assertThat(accepted.getPort()).isEqualTo(socket.getLocalPort());
            }
            String own = InetAddress.getLocalHost().getHostName();
            assertThat(InetAddress.getAllByName(own))
                    .extracting(InetAddress::getHostAddress)
                    .containsExactly("192.0.2.1", "2001:db8:0:0:0:0:0:1");
            assertThat(InetAddress.getAllByName("192.0.2.1")[0].getHostName()).isEqualTo(own);
            assertThat(server.asked()).noneMatch(question -> question.contains(own));
        }
        // The kernel's names again.
        assertThat(InetAddress.getAllByName("localhost")[0].isLoopbackAddress()).isTrue();
    }

    @Test
    void a_server_that_does_not_answer_is_named_in_the_exception() throws Exception {
        try (NamedNetwork network = new NamedNetwork(builder -> builder.dns(NamedNetwork.FIRST))) {
            network.client.installAsDefault();
            assertThatThrownBy(() -> new Socket("away.example.org", 80))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("away.example.org");
            assertThatThrownBy(() -> InetAddress.getAllByName("gone.example.org"))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("gone.example.org: Temporary failure in name resolution: "
                            + "192.0.2.53: nobody answers at its port");
        }
    }

    /** A container's name may be that, or nothing at all. */
    @Test
    void a_host_that_is_called_localhost_has_no_other_loopback_for_that(@TempDir Path directory) throws Exception {
        LookupPolicy ipv4 = LookupPolicy.of(LookupPolicy.IPV4);
        Path hosts = Files.writeString(directory.resolve("hosts"), "198.51.100.7 listed\n192.0.2.1 own\n");
        InetAddressResolver builtin = new JvmResolver();
        byte[] own = {(byte) 192, 0, 2, 1};
        try (NamedNetwork network = new NamedNetwork(builder -> builder.hosts(hosts))) {
            network.client.installAsDefault();
            InetAddressResolver called = StackResolverProvider.resolver(builtin, () -> "Host.example");
            for (String name : new String[] {"host.example", "host.example."}) {
                assertThat(called.lookupByName(name, ipv4))
                        .extracting(InetAddress::toString)
                        .containsExactly(name + "/192.0.2.1");
            }
            assertThat(called.lookupByAddress(own)).isEqualTo("Host.example");
            InetAddressResolver nameless = StackResolverProvider.resolver(builtin, () -> "localhost");
            for (String name : new String[] {"localhost", "LOCALHOST."}) {
                assertThat(nameless.lookupByName(name, ipv4))
                        .extracting(InetAddress::toString)
                        .containsExactly(name + "/127.0.0.1");
            }
            assertThat(nameless.lookupByAddress(own)).isEqualTo("own");
        }
    }
}
