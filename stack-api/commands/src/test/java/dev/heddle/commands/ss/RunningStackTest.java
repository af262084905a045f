package dev.heddle.commands.ss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.commands.HeddleCommand;
import dev.heddle.control.ControlDirectory;
import dev.heddle.control.ControlSocket;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** A look at a stack of this very process. */
@Timeout(60)
class RunningStackTest {

    private final long process = ProcessHandle.current().pid();
    private final MemoryLink.Pair cable =
            MemoryLink.pair("outside", "nobody", LinkCapabilities.plain(1500), Clock.system());
    private final NetworkStack stack =
            NetworkStack.builder().link(cable.a()).address("192.0.2.1/24").build();
    private final StringWriter out = new StringWriter();
    private ControlSocket control;

    @BeforeEach
    void serve() throws IOException {
        control = ControlSocket.open();
        control.serve(stack);
    }

    @AfterEach
    void close() {
        control.close();
        stack.close(Duration.ZERO);
        cable.close();
    }

    private String ss(String... flags) {
        CommandLine commands = HeddleCommand.commandLine();
        commands.setOut(new PrintWriter(out));
        List<String> words = new ArrayList<>(List.of("ss", "--pid", Long.toString(process)));
        words.addAll(List.of(flags));
        out.getBuffer().setLength(0);
        assertThat(commands.execute(words.toArray(String[]::new))).isZero();
        return out.toString();
    }

    @Test
    void flags_choose_what_is_shown() throws IOException {
        try (ServerSocket listener = stack.serverSocketFactory().createServerSocket(80);
                var client = stack.socketFactory().createSocket("192.0.2.1", listener.getLocalPort());
                var datagrams = stack.datagramSocketFactory().createDatagramSocket(53)) {
            String title = "# " + process + " ";
            assertThat(ss()).startsWith(title).contains("outside 192.0.2.1/24", "Netid", "ESTAB");
            assertThat(ss()).doesNotContain("LISTEN").doesNotContain("UNCONN");
            assertThat(ss("-a")).contains("LISTEN", "UNCONN", "ESTAB", ":" + datagrams.getLocalPort());
            assertThat(ss("-l")).contains("LISTEN", "UNCONN").doesNotContain("ESTAB");
            assertThat(ss("-lt")).contains("LISTEN").doesNotContain("UNCONN").doesNotContain("Netid");
            assertThat(ss("-lu")).contains("UNCONN").doesNotContain("LISTEN");
            assertThat(ss("-6")).doesNotContain("ESTAB");
            assertThat(ss("-4")).contains("ESTAB");
            assertThat(ss("-i")).contains("\tts sack cubic wscale:");
            assertThat(ss("-Ht").lines().map(line -> line.split(" ", 2)[0])).containsExactly("ESTAB", "ESTAB");
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void a_process_that_does_not_answer_hides_no_other() throws IOException {
        ControlDirectory directory = ControlDirectory.ofUser();
        Path mute = directory.path().resolve(process + "-99999");
        List<String> complaints = new ArrayList<>();
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(mute));
            assertThat(RunningStack.ask(directory, Optional.of(process), false, Duration.ofSeconds(2), complaints::add))
                    .hasSize(1);
            assertThat(complaints).containsExactly("process " + process + " does not answer: is it stopped?");
        } finally {
            Files.delete(mute);
        }
    }

    @Test
    void a_stopped_process_that_was_asked_too_often_hides_no_other() throws IOException {
        ControlDirectory directory = ControlDirectory.ofUser();
        Path full = directory.path().resolve(process + "-99997");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(full);
        List<String> complaints = new ArrayList<>();
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            // The kernel takes one more than are allowed to wait; who comes then waits for them.
            channel.bind(address, 1);
            try (SocketChannel first = SocketChannel.open(address);
                    SocketChannel second = SocketChannel.open(address)) {
                assertThat(first.isConnected() && second.isConnected()).isTrue();
                assertThat(RunningStack.ask(
                                directory, Optional.of(process), false, Duration.ofMillis(500), complaints::add))
                        .hasSize(1);
            }
            assertThat(complaints).containsExactly("process " + process + " does not answer: is it stopped?");
        } finally {
            Files.delete(full);
        }
    }

    @Test
    void a_file_that_nobody_listens_to_is_passed_over() throws IOException {
        ControlDirectory directory = ControlDirectory.ofUser();
        // Another process has the number now.
        long other = ProcessHandle.current().parent().orElseThrow().pid();
        Path left = directory.path().resolve(other + "-99998");
        List<String> complaints = new ArrayList<>();
        try {
            try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.bind(UnixDomainSocketAddress.of(left));
            }
            assertThat(RunningStack.ask(directory, Optional.of(other), true, RunningStack.QUIET, complaints::add))
                    .isEmpty();
            assertThat(complaints).isEmpty();
        } finally {
            Files.delete(left);
        }
    }

    @Test
    void a_file_that_goes_while_it_is_asked_is_passed_over() throws IOException {
        ControlDirectory directory = ControlDirectory.ofUser();
        // A link to nothing: it is seen, and is not there.
        Path gone = Files.createSymbolicLink(
                directory.path().resolve(process + "-99996"), directory.path().resolve("nothing"));
        List<String> complaints = new ArrayList<>();
        try {
            assertThat(RunningStack.ask(directory, Optional.of(process), false, RunningStack.QUIET, complaints::add))
                    .hasSize(1);
            assertThat(complaints).isEmpty();
        } finally {
            Files.delete(gone);
        }
    }
}
