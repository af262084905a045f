package dev.heddle.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlSocketTest {

    /** Larger than any process number. */
    private static final String NO_PROCESS = "9999999999";

    @TempDir
    Path temporary;

    private final MemoryLink.Pair cable =
            MemoryLink.pair("outside", "nobody", LinkCapabilities.plain(1500), Clock.system());
    private final NetworkStack stack = NetworkStack.builder()
            .link(cable.a())
            .address("192.0.2.1/24")
            .address("2001:db8::1/64")
            .build();
    private ControlDirectory directory;
    private ControlSocket control;

    @BeforeEach
    void open() throws IOException {
        directory = ControlDirectory.at(temporary.resolve("control"));
        control = ControlSocket.open(directory);
    }

    @AfterEach
    void close() {
        control.close();
        stack.close(Duration.ZERO);
        cable.close();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(control.path()));
    }

    private static void say(SocketChannel client, String words) throws IOException {
        client.write(ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> ask(String request) throws IOException {
        try (SocketChannel client = connect()) {
            say(client, request + "\n");
            return linesOf(client);
        }
    }

    private static List<String> linesOf(SocketChannel client) throws IOException {
        return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    @Test
    void every_endpoint_is_told() throws IOException {
        control.serve(stack);
        try (ServerSocket listener = stack.serverSocketFactory().createServerSocket(80, 7);
                Socket client = stack.socketFactory().createSocket("192.0.2.1", 80);
                DatagramSocket datagrams = stack.datagramSocketFactory().createDatagramSocket(53);
                DatagramSocket connected = stack.datagramSocketFactory().createDatagramSocket(54)) {
            connected.connect(new InetSocketAddress("192.0.2.1", datagrams.getLocalPort()));
            Socket server = listener.accept();
            client.getOutputStream().write(new byte[1_234]);
            await().until(() -> server.getInputStream().available() == 1_234);

            List<String> lines = ask("list");

            assertThat(lines.getFirst()).startsWith("heddle 1 now=").contains(" program=");
            assertThat(lines.getLast()).isEqualTo("end");
            assertThat(lines)
                    .contains("link name=outside addresses=192.0.2.1%2F24+2001%3Adb8%3A%3A1%2F64 up=true")
                    .contains("tcp state=LISTEN local=%3A%3A localPort=80 receiveQueue=0 sendQueue=7 handshakes=0")
                    .contains("tcp state=ESTABLISHED local=192.0.2.1 localPort=80 remote=192.0.2.1 remotePort="
                            + client.getLocalPort() + " receiveQueue=1234 sendQueue=0")
                    .contains("udp local=%3A%3A localPort=53 receiveQueue=0")
                    .contains("udp local=192.0.2.1 localPort=54 remote=192.0.2.1 remotePort=53 receiveQueue=0");
            assertThat(ask("list info").stream().filter(line -> line.startsWith("tcp state=ESTABLISHED")))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains(" timing.rtoNs=", " congestion.algorithm=cubic ", " sending.mssBytes="));
            // What is closed unread is reset.
            server.getInputStream().readNBytes(1_234);
            client.shutdownOutput();
            server.close();
            await().untilAsserted(() -> assertThat(ask("list"))
                    .anyMatch(line -> line.startsWith("tcp state=TIME_WAIT local=192.0.2.1 localPort=")));
        }
    }

    @Test
    void what_is_not_understood_is_said() throws IOException {
        control.serve(stack);
        assertThat(ask("tell me")).containsExactly("error unknown+request+%22tell+me%22");
        assertThat(ask("")).containsExactly("error unknown+request+%22%22");
        try (SocketChannel client = connect()) {
            // No line, and as much as is looked at.
            say(client, "x".repeat(ControlClient.LONGEST_REQUEST_BYTES));
            assertThat(linesOf(client))
                    .singleElement()
                    .asString()
                    .startsWith("error ")
                    .hasSizeLessThan(150);
        }
    }

    @Test
    void who_connects_before_waits_until_a_stack_is_served() throws IOException {
        try (SocketChannel client = connect()) {
            say(client, "list\n");
            control.serve(stack);
            assertThat(linesOf(client)).endsWith("end");
        }
    }

    @Test
    void a_request_may_come_in_pieces() throws IOException {
        control.serve(stack);
        try (SocketChannel client = connect()) {
            say(client, "li");
            ask("list");
            say(client, "st\n");
            assertThat(linesOf(client)).endsWith("end");
        }
    }

    @Test
    void clients_that_say_nothing_or_do_not_read_hold_nobody_up() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        List<SocketChannel> clients = new ArrayList<>();
        control.serve(stack, Duration.ofSeconds(2));
        try (ServerSocket listener = stack.serverSocketFactory().createServerSocket(80, 1_000)) {
            for (int i = 0; i < 300; i++) {
                sockets.add(stack.socketFactory().createSocket("192.0.2.1", 80));
            }
            // More than the kernel keeps for one connection.
            for (int i = 0; i < ControlLoop.CLIENTS - 1; i++) {
                SocketChannel client = connect();
                clients.add(client);
                if (i % 2 == 0) {
                    say(client, "list info\n");
                }
            }
            assertThat(ask("list")).hasSizeGreaterThan(600).endsWith("end");
            // The stack itself goes on.
            listener.accept().close();
            // One more than are served at a time: it waits until the first has had his time.
            clients.add(connect());
            assertThat(ask("list")).endsWith("end");
            SocketChannel silent = clients.get(1);
            assertThat(silent.read(ByteBuffer.allocate(1))).as("sent away").isEqualTo(-1);
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void a_client_that_goes_away_takes_nothing_with_it() throws IOException {
        control.serve(stack);
        for (int i = 0; i < 3 * ControlLoop.CLIENTS; i++) {
            try (SocketChannel client = connect()) {
                say(client, i % 2 == 0 ? "list\n" : "li");
            }
        }
        assertThat(ask("list")).endsWith("end");
    }

    @Test
    void closing_removes_the_file() throws IOException {
        control.serve(stack);
        ask("list");
        control.close();
        assertThat(control.path()).doesNotExist();
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        control.close();
    }

    @Test
    void two_in_one_process_are_two_files() throws IOException {
        try (ControlSocket second = ControlSocket.open(directory)) {
            second.serve(stack);
            assertThat(directory.sockets()).containsExactly(control.path(), second.path());
            assertThat(ControlDirectory.process(second.path()))
                    .isEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void what_killed_processes_have_left_is_removed() throws IOException {
        Path stale = Files.createFile(directory.path().resolve(NO_PROCESS + "-1"));
        Path foreign = Files.createFile(directory.path().resolve("notes"));
        assertThat(directory.sockets()).containsExactly(control.path(), stale);
        ControlSocket.open(directory).close();
        assertThat(stale).doesNotExist();
        assertThat(foreign).exists();
        assertThat(control.path()).exists();
    }

    @Test
    void what_a_killed_process_of_the_same_number_has_left_is_removed() throws IOException {
        // In a container the program is process 1 each time.
        control.close();
        Path left = control.path();
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(left));
        }
        try (ControlSocket next = ControlSocket.open(directory)) {
            assertThat(next.path()).isEqualTo(left);
            next.serve(stack);
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(next.path()))) {
                say(client, "list\n");
                assertThat(linesOf(client)).endsWith("end");
            }
        }
    }

    @Test
    void a_process_that_is_not_seen_from_here_keeps_its_socket() throws IOException {
        // Of another container that has the same /tmp.
        Path elsewhere = directory.path().resolve(NO_PROCESS + "-1");
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(elsewhere));
            directory.removeStale();
            assertThat(elsewhere).exists();
        }
        directory.removeStale();
        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void it_is_found_whatever_directory_a_program_has_for_its_temporary_files() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary.resolve("none"),
                        "-cp",
                        String.join(
                                File.pathSeparator,
                                List.of(locationOf(ControlSocketTest.class), locationOf(ControlDirectory.class))),
                        WhereItIs.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        program.waitFor();
        // The JVM has a word about it before.
        assertThat(said.lines()).last().isEqualTo(ControlDirectory.ofUser().toString());
    }

    private static String locationOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** A program that says where control sockets are. */
    static final class WhereItIs {

        private WhereItIs() {}

        public static void main(String[] arguments) throws IOException {
            System.out.println(ControlDirectory.ofUser());
        }
    }

    @Test
    void nobody_else_can_enter_the_directory() throws IOException {
        assertThat(Files.getPosixFilePermissions(directory.path()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-x---"));
        assertRefused(directory, "is open to others: chmod 700 " + directory.path());
        Path link = Files.createSymbolicLink(temporary.resolve("link"), directory.path());
        assertRefused(ControlDirectory.at(link), "is not a directory: remove it");
        Path file = Files.createFile(temporary.resolve("file"));
        assertRefused(ControlDirectory.at(file), "is not a directory: remove it");
    }

    @Test
    void a_directory_of_somebody_elses_is_not_used() throws IOException {
        ControlDirectory others = ControlDirectory.at(Path.of("/proc/1"));
        if (System.getProperty("user.name").equals("root")) {
            Files.setAttribute(directory.path(), "unix:uid", 1);
            others = directory;
        }
        assertRefused(others, "belongs to somebody else");
        assertThat(ControlDirectory.ofUser().path().toString()).startsWith("/tmp/heddle-");
    }

    private static void assertRefused(ControlDirectory refused, String why) {
        assertThatThrownBy(() -> ControlSocket.open(refused))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
        assertThatThrownBy(refused::sockets).hasMessageContaining(why);
    }

    @Test
    void there_is_nothing_where_there_is_no_directory() throws IOException {
        assertThat(ControlDirectory.at(temporary.resolve("none")).sockets()).isEmpty();
    }
}
