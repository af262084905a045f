package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.NameLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs on Heddle's agent look names up at a real DNS server, which the kernel's own network does not know of. */
@RealLinux
final class NamesIT {

    private static final String STACK = "tun=heddle0,address=192.0.2.2/24,address=2001:db8::2/64";

    /** Too many for the 1232 bytes of an answer by UDP. */
    private static final int MANY = 200;

    private static final Duration START = Duration.ofSeconds(10);

    private Namespace namespace;
    private RunningProcess server;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        namespace = Namespace.create();
        String many = IntStream.rangeClosed(1, MANY)
                .mapToObj(i -> "198.51.100." + i + " many.example.org\n")
                .collect(Collectors.joining());
        Path records = Files.writeString(
                directory.resolve("records"), "203.0.113.7 www.example.org\n2001:db8:7::7 www.example.org\n" + many);
        server = namespace
                .command(
                        "dnsmasq",
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--user=root",
                        "--pid-file=",
                        "--no-resolv",
                        "--no-hosts",
                        "--addn-hosts=" + records,
                        "--cname=alias.example.org,www.example.org",
                        "--local=/example.org/",
                        "--log-queries",
                        "--log-facility=" + log())
                .start();
        long deadlineNs = System.nanoTime() + START.toNanos();
        while (!Files.exists(log()) || !Files.readString(log()).contains("read " + records)) {
            assertThat(server.isAlive()).as("dnsmasq").isTrue();
            assertThat(System.nanoTime()).as("dnsmasq").isLessThan(deadlineNs);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private Path log() {
        return directory.resolve("log");
    }

    @AfterEach
    void stop() {
        try {
            server.close();
        } finally {
            namespace.close();
        }
    }

    private List<String> lookUp(String names, String... arguments) {
        return Launcher.in(namespace, STACK + "," + names)
                .program(NameLookup.class, arguments)
                .runOrFail()
                .lines()
                .toList();
    }

    @Test
    void a_program_finds_hosts_by_the_stacks_udp_and_long_answers_by_its_tcp() throws Exception {
        List<String> found = lookUp(
                "dns=192.0.2.1",
                "www.example.org",
                "alias.example.org",
                "nobody.example.org",
                "203.0.113.7",
                "localhost",
                "many.example.org");
        assertThat(found.subList(0, 5))
                .containsExactly(
                        "www.example.org 203.0.113.7 2001:db8:7:0:0:0:0:7",
                        "alias.example.org 203.0.113.7 2001:db8:7:0:0:0:0:7",
                        "nobody.example.org unknown: nobody.example.org: Name or service not known",
                        "203.0.113.7 www.example.org",
                        "localhost 127.0.0.1 0:0:0:0:0:0:0:1");
        assertThat(found.get(5).split(" ")).hasSize(1 + MANY).contains("198.51.100.1", "198.51.100." + MANY);
        assertThat(Files.readString(log()))
                .contains("query[A] www.example.org from 192.0.2.2", "query[A] many.example.org from 192.0.2.2")
                .doesNotContain("localhost from");
    }

    @Test
    void a_program_finds_hosts_over_ipv6_and_in_its_hosts_file() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "203.0.113.8 listed.example.org\n");
        assertThat(lookUp("dns=2001:db8::1,hosts=" + hosts, "www.example.org", "listed.example.org"))
                .containsExactly("www.example.org 203.0.113.7 2001:db8:7:0:0:0:0:7", "listed.example.org 203.0.113.8");
        assertThat(Files.readString(log())).contains("query[AAAA] www.example.org from 2001:db8::2");
    }

    @Test
    void a_host_that_is_called_localhost_keeps_loopback_and_has_the_stacks_names() {
        Command.Result result = Launcher.in(namespace, STACK + ",dns=192.0.2.1")
                .program(NameLookup.class, "localhost", "www.example.org")
                .after("unshare", "--uts", "sh", "-c", "hostname localhost && exec \"$@\"", "sh")
                .run();
        assertThat(result.output().lines())
                .as(result.errors())
                .containsExactly(
                        "localhost 127.0.0.1 0:0:0:0:0:0:0:1", "www.example.org 203.0.113.7 2001:db8:7:0:0:0:0:7");
        assertThat(result.errors()).doesNotContain("do not lead to the installed stack");
    }

    @Test
    void a_jvm_with_a_hosts_file_of_the_jdks_says_that_it_asks_nobody_else() throws Exception {
        Path hosts =
                Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n203.0.113.8 listed.example.org\n");
        Command.Result result = Launcher.in(namespace, STACK + ",dns=192.0.2.1")
                .jvm("-Djdk.net.hosts.file=" + hosts)
                .program(NameLookup.class, "listed.example.org")
                .run();
        assertThat(result.output().lines()).containsExactly("listed.example.org 203.0.113.8");
        assertThat(result.errors()).contains("this JVM has jdk.net.hosts.file, ");
    }

    @Test
    void a_server_that_does_not_answer_is_passed_over_or_told_of_in_time() {
        namespace.nft("add table inet silence");
        namespace.nft("add chain inet silence in { type filter hook input priority 0; }");
        namespace.nft("add rule inet silence in udp dport 5353 drop");
        assertThat(lookUp("dns=192.0.2.1:5353,dns=192.0.2.1:5354,dns=192.0.2.1", "www.example.org"))
                .containsExactly("www.example.org 203.0.113.7 2001:db8:7:0:0:0:0:7");
        long startNs = System.nanoTime();
        assertThat(lookUp("dns=192.0.2.1:5353,dns=192.0.2.1:5354", "www.example.org"))
                .containsExactly("www.example.org unknown: www.example.org: Temporary failure in name resolution: "
                        + "192.0.2.1:5353 does not answer, 192.0.2.1:5354: nobody answers at its port");
        // Six seconds for a server, and a JVM's start.
        assertThat(System.nanoTime() - startNs).isBetween(TimeUnit.SECONDS.toNanos(6), TimeUnit.SECONDS.toNanos(20));
    }

    @Test
    void what_is_no_server_and_no_hosts_file_is_said_in_one_line() {
        for (String wrong : new String[] {"dns=ns.example.org", "dns=192.0.2.1:0", "hosts=/nowhere/hosts"}) {
            Command.Result result = Launcher.in(namespace, STACK + "," + wrong)
                    .program(NameLookup.class, "www.example.org")
                    .run();
            assertThat(result.exitCode()).as(wrong).isEqualTo(2);
            assertThat(result.errors().lines()).as(wrong).hasSize(1);
            assertThat(result.errors()).startsWith("heddle: ").contains(wrong.substring(wrong.indexOf('=') + 1));
            assertThat(result.output()).isEmpty();
        }
    }
}
