package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that a stack looks up by its own sockets, and those that it knows without asking anybody. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NameLookupTest {

    private static final String WWW = "www.example.org";

    private static NamedNetwork network() {
        return new NamedNetwork(builder -> builder.dns(NamedNetwork.FIRST));
    }

    @Test
    void a_host_has_the_addresses_that_the_dns_says_in_the_order_that_is_wanted() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows(
                    "www.example.org 60 A 198.51.100.1",
                    "www.example.org 60 A 198.51.100.2",
                    "www.example.org 60 AAAA 2001:db8:1::1");
            String[] ipv4 = {"198.51.100.1", "198.51.100.2"};
            String ipv6 = "2001:db8:1:0:0:0:0:1";
            int both = LookupPolicy.IPV4 | LookupPolicy.IPV6;
            assertThat(network.find(WWW, LookupPolicy.of(both | LookupPolicy.IPV4_FIRST)))
                    .containsExactly(ipv4[0], ipv4[1], ipv6);
            assertThat(network.find(WWW, LookupPolicy.of(both | LookupPolicy.IPV6_FIRST)))
                    .containsExactly(ipv6, ipv4[0], ipv4[1]);
            assertThat(network.find(WWW, LookupPolicy.of(LookupPolicy.IPV4))).containsExactly(ipv4);
            assertThat(network.find(WWW, LookupPolicy.of(LookupPolicy.IPV6))).containsExactly(ipv6);
            assertThat(network.client.resolver().lookupByName(WWW, LookupPolicy.of(both)))
                    .extracting(InetAddress::getHostName)
                    .containsOnly(WWW);
            assertThat(server.asked()).containsExactly("udp A www.example.org.", "udp AAAA www.example.org.");
        }
    }

    @Test
    void who_wants_one_family_asks_for_one() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 60 AAAA 2001:db8:1::1");
            assertThatThrownBy(() -> network.find(WWW, LookupPolicy.of(LookupPolicy.IPV4)))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("www.example.org: No address associated with hostname");
            assertThat(server.asked()).containsExactly("udp A www.example.org.");
        }
    }

    @Test
    void aliases_are_followed_and_those_that_go_in_circles_are_not_a_host() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows(
                    "www.example.org 60 CNAME web.example.org",
                    "web.example.org 60 CNAME host.example.net",
                    "host.example.net 60 A 198.51.100.9",
                    "round.example.org 60 CNAME and.example.org",
                    "and.example.org 60 CNAME round.example.org");
            assertThat(network.find(WWW)).containsExactly("198.51.100.9");
            assertThatThrownBy(() -> network.find("round.example.org"))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageStartingWith("round.example.org: ");
        }
    }

    @Test
    void an_alias_chain_that_never_ends_is_left() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            for (int i = 0; i < 100; i++) {
                server.knows("a" + i + ".example.org 0 CNAME a" + (i + 1) + ".example.org");
            }
            assertThatThrownBy(() -> network.find("a0.example.org")).isExactlyInstanceOf(UnknownHostException.class);
            assertThat(server.asked()).hasSizeLessThan(50);
        }
    }

    @Test
    void what_is_not_there_is_unknown_as_the_jdk_says_it() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("mail.example.org 60 MX 10 www.example.org");
            assertThatThrownBy(() -> network.find("nobody.example.org"))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("nobody.example.org: Name or service not known");
            assertThatThrownBy(() -> network.find("mail.example.org"))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("mail.example.org: No address associated with hostname");
        }
    }

    @Test
    void a_long_answer_comes_by_tcp() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                addresses.add("198.51.100." + i);
                server.knows("www.example.org 60 A 198.51.100." + i);
            }
            assertThat(network.find(WWW)).containsExactlyInAnyOrderElementsOf(addresses);
            assertThat(server.asked())
                    .startsWith("udp A www.example.org.", "tcp A www.example.org.")
                    .doesNotContain("tcp AAAA www.example.org.");
        }
    }

    @Test
    void an_answer_is_remembered_for_as_long_as_its_time_to_live() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows(
                    "never.example.org 0 A 198.51.100.1",
                    "soon.example.org 1 A 198.51.100.2",
                    "long.example.org 3600 A 198.51.100.3");
            LookupPolicy ipv4 = LookupPolicy.of(LookupPolicy.IPV4);
            for (String host : new String[] {"never", "never", "soon", "long", "long", "long", "nobody", "nobody"}) {
                assertThatCode(() -> network.find(host + ".example.org", ipv4))
                        .satisfiesAnyOf(
                                failure -> assertThat(failure).isNull(),
                                failure -> assertThat(host).isEqualTo("nobody"));
            }
            assertThat(server.asked())
                    .containsExactly(
                            "udp A never.example.org.",
                            "udp A never.example.org.",
                            "udp A soon.example.org.",
                            "udp A long.example.org.",
                            "udp A nobody.example.org.");
            Thread.sleep(2_100);
            assertThat(network.find("soon.example.org", ipv4)).containsExactly("198.51.100.2");
            assertThat(server.asked()).hasSize(6);
        }
    }

    @Test
    void nobody_can_guess_a_questions_identifier_or_port() throws Exception {
        int lookups = 40;
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            for (int i = 0; i < lookups; i++) {
                network.find(WWW, LookupPolicy.of(LookupPolicy.IPV4));
            }
            Set<Integer> identifiers = new HashSet<>();
            Set<Integer> ports = new HashSet<>();
            boolean rising = true;
            int before = 0;
            for (NameServer.Question question : server.questions()) {
                identifiers.add(question.message().getHeader().getID());
                ports.add(question.port());
                rising &= question.port() > before;
                before = question.port();
            }
            assertThat(identifiers).hasSizeGreaterThan(lookups - 3);
            assertThat(ports).hasSizeGreaterThan(lookups - 3);
            assertThat(rising).isFalse();
        }
    }

    @Test
    void a_name_without_a_dot_is_looked_for_in_the_search_domains() throws Exception {
        try (NamedNetwork network = new NamedNetwork(builder -> builder.dns(NamedNetwork.FIRST)
                        .searchDomain("example.org")
                        .searchDomain("example.net"));
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows(
                    "www.example.net 60 A 198.51.100.1",
                    "www 60 A 198.51.100.2",
                    "a.b 60 A 198.51.100.3",
                    "c.d.example.net 60 A 198.51.100.4");
            assertThat(network.find("www")).containsExactly("198.51.100.1");
            assertThat(network.find("www.")).containsExactly("198.51.100.2");
            assertThat(network.find("a.b")).containsExactly("198.51.100.3");
            assertThat(network.find("c.d")).containsExactly("198.51.100.4");
            assertThatThrownBy(() -> network.find("c.d.")).isExactlyInstanceOf(UnknownHostException.class);
            assertThat(server.asked()).startsWith("udp A www.example.org.").doesNotContain("udp A a.b.example.org.");
        }
    }

    @Test
    void an_address_has_the_name_that_the_dns_says() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows(
                    "1.100.51.198.in-addr.arpa 60 PTR www.example.org",
                    "2.100.51.198.in-addr.arpa 60 PTR <script>.example.org",
                    "2.100.51.198.in-addr.arpa 60 PTR 192.0.2.1",
                    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa 60 PTR six.example.org");
            assertThat(network.name("198.51.100.1")).isEqualTo("www.example.org");
            assertThat(network.name("2001:db8:1::1")).isEqualTo("six.example.org");
            for (String address : new String[] {"198.51.100.2", "198.51.100.3"}) {
                assertThatThrownBy(() -> network.name(address)).isExactlyInstanceOf(UnknownHostException.class);
            }
            assertThatThrownBy(() -> network.client.resolver().lookupByAddress(new byte[5]))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void localhost_is_loopback_whatever_others_say_of_it(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "198.51.100.7 localhost www.localhost\n");
        try (NamedNetwork network = new NamedNetwork(
                        builder -> builder.dns(NamedNetwork.FIRST).hosts(hosts));
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("localhost 60 A 198.51.100.8", "www.localhost 60 A 198.51.100.8");
            for (String host : new String[] {"localhost", "LocalHost.", "www.localhost"}) {
                assertThat(network.find(host)).containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
                assertThat(network.find(host, LookupPolicy.of(LookupPolicy.IPV6)))
                        .containsExactly("0:0:0:0:0:0:0:1");
            }
            assertThat(network.name("127.0.0.1")).isEqualTo("localhost");
            assertThat(server.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.256",
                "1.2.3",
                "127.1",
                "a..b",
                ".a",
                "a b",
                "a/b",
                "",
                ".",
                "b\u00fcro.example.org",
                "a:b"
            })
    void what_is_no_name_and_no_address_is_unknown_and_nobody_is_asked(String host) throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            assertThatThrownBy(() -> network.find(host))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage(host + ": Name or service not known");
            assertThat(server.asked()).isEmpty();
        }
    }

    @Test
    void an_address_stands_for_itself() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST)) {
            assertThat(network.find("198.51.100.1")).containsExactly("198.51.100.1");
            assertThat(network.find("2001:db8::7")).containsExactly("2001:db8:0:0:0:0:0:7");
            assertThatThrownBy(() -> network.find("2001:db8::7", LookupPolicy.of(LookupPolicy.IPV4)))
                    .isExactlyInstanceOf(UnknownHostException.class);
            assertThat(server.asked()).isEmpty();
        }
    }

    @Test
    void the_hosts_file_comes_first_and_may_change(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), """
                # 198.51.100.1 comment.example.org
                198.51.100.2\tWWW.example.org  web # the first
                2001:db8:2::2 www.example.org
                198.51.100.3 www.example.org.
                nonsense other.example.org
                198.51.100.4
                """);
        try (NamedNetwork network = new NamedNetwork(
                        builder -> builder.dns(NamedNetwork.FIRST).hosts(hosts));
                NameServer server = network.server(NamedNetwork.FIRST)) {
            assertThat(network.find("www.example.ORG"))
                    .containsExactly("198.51.100.2", "198.51.100.3", "2001:db8:2:0:0:0:0:2");
            assertThat(network.find("web")).containsExactly("198.51.100.2");
            assertThat(network.name("198.51.100.2")).isEqualTo("WWW.example.org");
            assertThat(server.asked()).isEmpty();
            server.knows("www.example.org 60 A 198.51.100.9", "other.example.org 60 A 198.51.100.8");
            assertThat(network.find("other.example.org")).containsExactly("198.51.100.8");
            assertThatThrownBy(() -> network.find("comment.example.org"))
                    .isExactlyInstanceOf(UnknownHostException.class);
            Files.writeString(hosts, "198.51.100.77 web\n");
            assertThat(network.find("web")).containsExactly("198.51.100.77");
            assertThat(network.find("www.example.org")).containsExactly("198.51.100.9");
            Files.delete(hosts);
            assertThat(network.find("web")).containsExactly("198.51.100.77");
        }
    }

    @Test
    void a_hosts_file_that_changes_is_read_again_also_where_its_length_and_time_stay(@TempDir Path directory)
            throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "198.51.100.2 web\n");
        // Within one tick of the file system's clock.
        FileTime now = FileTime.from(Instant.now().plusSeconds(1));
        Files.setLastModifiedTime(hosts, now);
        try (NamedNetwork network = new NamedNetwork(builder -> builder.hosts(hosts))) {
            assertThat(network.find("web")).containsExactly("198.51.100.2");
            Files.setLastModifiedTime(Files.writeString(hosts, "198.51.100.3 web\n"), now);
            assertThat(network.find("web")).containsExactly("198.51.100.3");
            // And another file in its place, of the same age.
            FileTime before = FileTime.from(Instant.now().minusSeconds(3_600));
            Files.setLastModifiedTime(hosts, before);
            assertThat(network.find("web")).containsExactly("198.51.100.3");
            Path other = Files.writeString(directory.resolve("other"), "198.51.100.4 web\n");
            Files.setLastModifiedTime(other, before);
            Files.move(other, hosts, StandardCopyOption.REPLACE_EXISTING);
            assertThat(network.find("web")).containsExactly("198.51.100.4");
        }
    }

    @Test
    void a_hosts_file_may_be_all_there_is(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "198.51.100.2 www\n");
        try (NamedNetwork network = new NamedNetwork(builder -> builder.hosts(hosts))) {
            assertThat(network.find("www")).containsExactly("198.51.100.2");
            assertThatThrownBy(() -> network.find("web"))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage(
                            "web: Name or service not known: it is not in " + hosts + ", and there is no DNS server");
            assertThatThrownBy(() -> network.name("198.51.100.3")).isExactlyInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void a_factory_finds_the_hosts_that_it_is_told_to_connect_to() throws Exception {
        try (NamedNetwork network = network();
                NameServer server = network.server(NamedNetwork.FIRST);
                ServerSocket listener = network.servers.serverSocketFactory().createServerSocket(80)) {
            server.knows("www.example.org 60 A " + NamedNetwork.SECOND);
            try (Socket socket = network.client.socketFactory().createSocket(WWW, 80);
                    Socket accepted = listener.accept()) {
                assertThat(socket.getInetAddress().getHostName()).isEqualTo(WWW);
                assertThat(accepted.getLocalAddress().getHostAddress()).isEqualTo(NamedNetwork.SECOND);
            }
            InetAddress own = InetAddress.getByName("192.0.2.1");
            try (Socket socket = network.client.socketFactory().createSocket(WWW, 80, own, 0);
                    Socket accepted = listener.accept()) {
                assertThat(accepted.getPort()).isEqualTo(socket.getLocalPort());
            }
            network.client.socketFactory().createSocket("192.0.2.54", 80).close();
            network.client.socketFactory().createSocket("2001:db8::53", 80).close();
            assertThatThrownBy(() -> network.client.socketFactory().createSocket("nobody.example.org", 80))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("nobody.example.org: Name or service not known");
            assertThatThrownBy(() -> network.client.socketFactory().createSocket(WWW, 70_000))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_stack_that_was_told_nothing_about_names_has_the_jvms() throws Exception {
        try (NamedNetwork network = new NamedNetwork(builder -> builder)) {
            assertThat(network.find("localhost")).contains("127.0.0.1");
            assertThat(network.find("198.51.100.1")).containsExactly("198.51.100.1");
            assertThatThrownBy(() -> network.find("2001:db8::7", LookupPolicy.of(LookupPolicy.IPV4)))
                    .isExactlyInstanceOf(UnknownHostException.class);
            assertThat(network.name("127.0.0.1")).isNotEmpty();
            assertThatThrownBy(() -> network.client.resolver().lookupByAddress(new byte[5]))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void servers_are_written_as_people_do() throws Exception {
        NetworkStackBuilder builder = NetworkStack.builder();
        for (String server :
                new String[] {"192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353"}) {
            builder.dns(server);
        }
        for (String server : new String[] {
            "",
            "ns.example.org",
            "192.0.2.1:",
            "192.0.2.1:0",
            "192.0.2.1:65536",
            "192.0.2.1:-1",
            "[2001:db8::1",
            "[2001:db8::1]5353",
            "[192.0.2.1]x:1",
            "0.0.0.0",
            "224.0.0.1"
        }) {
            assertThatThrownBy(() -> builder.dns(server))
                    .as(server)
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("no DNS server: \"" + server + "\"");
        }
    }

    @Test
    void what_cannot_be_is_refused_when_the_stack_is_built(@TempDir Path directory) {
        Path missing = directory.resolve("hosts");
        assertThatThrownBy(() -> new NamedNetwork(builder -> builder.hosts(missing)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("hosts file " + missing + " cannot be read");
        assertThatThrownBy(() -> new NamedNetwork(
                        builder -> builder.dns(NamedNetwork.FIRST).searchDomain("a..b")))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("no domain: a..b");
        assertThatThrownBy(() -> NetworkStack.builder().dnsTimeout(Duration.ZERO))
                .isExactlyInstanceOf(IllegalArgumentException.class);
    }
}
