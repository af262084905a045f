package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.it.peer.GeneratedContent;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Debian's {@code nc} and Heddle, one of which has said all while the other has not. */
@RealLinux
@ParameterizedClass
@EnumSource
final class HalfCloseIT {

    private static final int PORT = 7000;
    private static final int BYTES = 5_000_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Offloads offloads;
    private TwoHosts hosts;

    HalfCloseIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void connect() {
        hosts = TwoHosts.connect(offloads);
    }

    @AfterEach
    void leaves_nothing_behind() {
        hosts.close();
    }

    private Command nc(Family family, String... arguments) {
        return hosts.namespace().command("nc.openbsd", family.option(), "-n").with(arguments);
    }

    private Command ncToHeddle(Family family) {
        return nc(family, "-N", family.heddle().getHostAddress(), String.valueOf(PORT));
    }

    @ParameterizedTest
    @EnumSource
    void heddle_answers_a_client_that_has_said_all(Family family) throws Exception {
        try (ServerSocket listener = hosts.stack().serverSocketFactory().createServerSocket(PORT)) {
            Thread server = Thread.ofVirtual().start(() -> answerWithDigest(listener));
            Command.Result result = ncToHeddle(family)
                    .input(out -> GeneratedContent.write(BYTES, out))
                    .run();
            assertThat(result.exitCode()).as(result.errors()).isZero();
            assertThat(result.output()).isEqualTo(GeneratedContent.sha256(BYTES));
            assertThat(server.join(TIMEOUT)).isTrue();
        }
    }

    private static void answerWithDigest(ServerSocket listener) {
        try (Socket socket = listener.accept()) {
            String digest = GeneratedContent.sha256(socket.getInputStream(), Long.MAX_VALUE);
            socket.getOutputStream().write(digest.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            System.err.println("server: " + e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_goes_on_after_heddle_has_said_all(Family family) throws Exception {
        try (ServerSocket listener = hosts.stack().serverSocketFactory().createServerSocket(PORT);
                RunningProcess client = ncToHeddle(family).start();
                Socket socket = listener.accept()) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.getOutputStream().write("that is all\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(client.expectLine("that", TIMEOUT)).isEqualTo("is all");
            // RFC 9293 3.6: the other direction is open until its own FIN.
            client.say("a");
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(2)).asString().isEqualTo("a\n");
            client.say("b");
            client.endInput();
            assertThat(in.readAllBytes()).asString().isEqualTo("b\n");
            assertThat(client.waitFor(TIMEOUT)).isTrue();
            assertThat(client.exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void heddle_goes_on_after_a_server_has_said_all(Family family) throws Exception {
        try (RunningProcess server =
                        nc(family, "-N", "-l", String.valueOf(PORT)).start();
                Socket socket = connect(family)) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            server.say("that is all");
            server.endInput();
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("that is all\n");
            socket.getOutputStream().write("not yet\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(server.expectLine("not", TIMEOUT)).isEqualTo("yet");
            socket.shutdownOutput();
            assertThat(server.waitFor(TIMEOUT)).isTrue();
            assertThat(server.exitCode()).isZero();
        }
    }

    /** As soon as the server listens. */
    private Socket connect(Family family) {
        InetSocketAddress server = new InetSocketAddress(family.kernel(), PORT);
        return await().atMost(TIMEOUT)
                .ignoreException(ConnectException.class)
                .until(() -> connect(server), Socket::isConnected);
    }

    private Socket connect(InetSocketAddress server) throws IOException {
        Socket socket = hosts.stack().socketFactory().createSocket();
        try {
            socket.connect(server);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
