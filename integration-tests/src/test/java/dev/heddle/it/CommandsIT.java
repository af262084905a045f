package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.GeneratedContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code bin/heddle} and the kernel's tools, each at the other's end. */
@RealLinux
final class CommandsIT {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(10);

    private static final String[] STACK = {
        "--tun", "heddle0", "--address", "192.0.2.2/24", "--address", "2001:db8::2/64"
    };

    private Namespace namespace;

    @BeforeEach
    void start() {
        namespace = Namespace.create();
    }

    @AfterEach
    void stop() {
        try {
            assertThat(namespace.interfaces()).as("interfaces left").isEmpty();
        } finally {
            namespace.close();
        }
    }

    private Command heddle(String command, String... arguments) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of(STACK));
        words.addAll(List.of(arguments));
        return Launcher.heddle(namespace, words.toArray(String[]::new));
    }

    private Command nc(String... arguments) {
        return namespace.command("nc.openbsd", "-n").with(arguments);
    }

    private static Command.Input text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The first line that a program says, which is ended then. */
    private static String firstLine(Command command) {
        try (RunningProcess process = command.start()) {
            return process.expectLine("", END);
        }
    }

    @Test
    void services_answer_the_kernels_clients_until_ctrl_c() throws IOException {
        try (RunningProcess services = heddle("services").start()) {
            assertThat(services.expectLine("serving echo (7), discard (9) and chargen (19)", START))
                    .endsWith("192.0.2.2 and 2001:db8::2");

            assertThat(nc("-N", "192.0.2.2", "7").input(text("hello")).runOrFail())
                    .isEqualTo("hello");
            assertThat(nc("-N", "2001:db8::2", "7").input(text("hello")).runOrFail())
                    .isEqualTo("hello");
            assertThat(nc("-N", "192.0.2.2", "9").input(text("nothing")).runOrFail())
                    .isEmpty();
            assertThat(firstLine(nc("-d", "192.0.2.2", "19"))).startsWith("!\"#$%&'()*+,-./0123456789");

            assertThat(nc("-u", "-w", "1", "192.0.2.2", "7")
                            .input(text("hello"))
                            .run()
                            .output())
                    .isEqualTo("hello");
            assertThat(nc("-u", "-w", "1", "2001:db8::2", "19")
                            .input(text("12345"))
                            .run()
                            .output())
                    .isEqualTo(" !\"#$");
            assertThat(nc("-u", "-w", "1", "-p", "19", "192.0.2.2", "7")
                            .input(text("from another service"))
                            .run()
                            .output())
                    .as("an answer to what may be an answer")
                    .isEmpty();

            assertRefused(heddle("services"), "another process has it open: stop that or choose another name");

            services.interrupt();
            assertThat(services.waitFor(END)).as("ended").isTrue();
            assertThat(services.exitCode()).isEqualTo(130);
            assertThat(services.errors().readAllBytes()).asString().isEmpty();
        }
    }

    @Test
    void the_kernel_answers_pings() {
        assertThat(heddle("ping", "-c", "2", "-i", "0.1", "192.0.2.1").runOrFail())
                .contains("PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.")
                .containsPattern("64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=[0-9.]+ ms")
                .contains("2 packets transmitted, 2 received, 0% packet loss")
                .containsPattern("rtt min/avg/max/mdev = [0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+ ms");
        assertThat(heddle("ping", "-c", "2", "-i", "0.1", "-s", "4000", "2001:db8::1")
                        .runOrFail())
                .contains("4008 bytes from 2001:db8::1: icmp_seq=2 ")
                .contains("2 received, 0% packet loss");
    }

    @Test
    void names_are_looked_up_where_the_command_is_told(@TempDir Path directory) throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "192.0.2.1 kernel.example\n");
        assertThat(heddle("ping", "-c", "1", "--hosts", hosts.toString(), "kernel.example")
                        .runOrFail())
                .contains("PING kernel.example (192.0.2.1) 56(84) bytes of data.", "1 received");
    }

    @Test
    void pings_that_nobody_answers_are_counted_and_end_with_status_1() {
        Command.Result result = heddle("ping", "-c", "2", "-i", "0.1", "-W", "0.2", "192.0.2.99")
                .run();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("2 packets transmitted, 0 received, 100% packet loss");
        assertThat(result.errors()).isEmpty();
    }

    @Test
    void a_ping_whose_output_nobody_reads_any_more_ends() {
        String ping = "HEDDLE_BUILD=no " + Launcher.SCRIPT
                + " ping --tun heddle0 --address 192.0.2.2/24 -i 0.1 192.0.2.1 | head -n 1";
        assertThat(namespace
                        .command("sh", "-c", ping)
                        .timeout(Duration.ofSeconds(20))
                        .runOrFail())
                .startsWith("PING 192.0.2.1");
    }

    @Test
    void the_garbage_collector_that_the_environment_names_is_taken() {
        assertThat(namespace
                        .command(
                                "env",
                                "HEDDLE_BUILD=no",
                                "JDK_JAVA_OPTIONS=-XX:+UseParallelGC",
                                Launcher.SCRIPT.toString(),
                                "ss",
                                "--help")
                        .runOrFail())
                .contains("bin/heddle ss");
    }

    @Test
    void ctrl_c_ends_a_ping_with_its_summary() throws IOException {
        try (RunningProcess ping = heddle("ping", "-i", "0.1", "192.0.2.1").start()) {
            ping.expectLine("PING 192.0.2.1", START);
            ping.expectLine("64 bytes from 192.0.2.1: icmp_seq=1", END);
            ping.interrupt();
            assertThat(ping.waitFor(END)).as("ended").isTrue();
            assertThat(ping.exitCode()).isZero();
            assertThat(ping.errors().readAllBytes()).asString().isEmpty();
        }
    }

    @Test
    void connect_carries_both_ways_and_ends_each_by_itself() {
        try (KernelPeer peer = KernelPeer.start(namespace)) {
            String port = Integer.toString(peer.port());
            // The server answers what it has received when that has ended.
            assertThat(heddle("connect", "192.0.2.1", port)
                            .input(out -> {
                                out.write("DIGEST\n".getBytes(StandardCharsets.UTF_8));
                                GeneratedContent.write(3_000_000, out);
                            })
                            .runOrFail()
                            .strip())
                    .isEqualTo(GeneratedContent.sha256(3_000_000));
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Command.Result result = heddle("connect", "2001:db8::1", port)
                    .input(text("SEND 3000000\n"))
                    .run(received);
            assertThat(result.exitCode()).as(result.errors()).isZero();
            assertThat(received.toByteArray()).isEqualTo(GeneratedContent.bytes(3_000_000));
        }
    }

    @Test
    void connect_sends_datagrams() {
        try (RunningProcess server = nc("-u", "-l", "8080").start()) {
            server.say("waiting");
            namespace.awaitListener("-u", 8080);
            String received = heddle("connect", "-u", "-w", "0.5", "192.0.2.1", "8080")
                    .input(text("by datagram\n"))
                    .runOrFail();
            assertThat(server.expectLine("by datagram", END)).isEmpty();
            assertThat(received).isEqualTo("waiting\n");
        }
    }

    @Test
    void what_the_network_does_not_do_is_said_in_one_line_with_status_1() {
        assertFailed(
                heddle("connect", "192.0.2.1", "81"), 1, "cannot connect to 192.0.2.1 port 81: Connection refused");
        assertFailed(
                heddle("connect", "-w", "0.2", "192.0.2.99", "81"),
                1,
                "cannot connect to 192.0.2.99 port 81: Connect timed out");
        assertFailed(
                heddle("connect", "-u", "192.0.2.1", "81").input(text("hello")),
                1,
                "nobody is at 192.0.2.1 port 81: Connection refused");
    }

    @Test
    void what_cannot_be_is_said_in_one_line_with_status_2() {
        assertRefused(heddle("connect", "198.51.100.1", "80"), "no route to 198.51.100.1: ");
        assertRefused(heddle("ping", "no.such.host.invalid"), "unknown host no.such.host.invalid");
        assertRefused(heddle("ping", "-6", "192.0.2.1"), "192.0.2.1 has no address of this family");
        assertRefused(
                Launcher.heddle(namespace, "ping", "--tun", "heddle0", "--address", "192.0.2.2/24", "2001:db8::1"),
                "2001:db8::1 has an address of IPv6, and this stack has none");
        assertRefused(heddle("ping", "--attach", "192.0.2.1"), "there is no such interface; create it with: ip tuntap");
        assertRefused(heddle("ping", "--gateway", "198.51.100.1", "192.0.2.1"), "198.51.100.1");
    }

    @Test
    void without_privileges_or_device_it_says_what_to_do() {
        assertRefused(
                heddleAfter("setpriv", "--bounding-set", "-net_admin"),
                "run as root or give the process CAP_NET_ADMIN");
        assertRefused(
                heddleAfter("unshare", "--mount", "sh", "-c", "mount -t tmpfs none /dev/net && exec \"$@\"", "sh"),
                "no /dev/net/tun: load the module");
    }

    /** A ping behind other words, in the namespace. */
    private Command heddleAfter(String... prefix) {
        List<String> words = new ArrayList<>(List.of(prefix));
        words.addAll(List.of("env", "HEDDLE_BUILD=no", Launcher.SCRIPT.toString(), "ping"));
        words.addAll(List.of(STACK));
        words.add("192.0.2.1");
        return namespace.command(words);
    }

    private static void assertRefused(Command command, String why) {
        assertFailed(command, 2, why);
    }

    private static void assertFailed(Command command, int status, String why) {
        Command.Result result = command.run();
        assertThat(result.errors().lines())
                .as(command.toString())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("heddle: ")
                .contains(why);
        assertThat(result.exitCode()).as(command.toString()).isEqualTo(status);
    }
}
