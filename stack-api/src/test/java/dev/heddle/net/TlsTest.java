package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS by the JDK's provider, layered over sockets of the JDK's and of ours: both must do the same. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsTest {

    private static final char[] PASSWORD = "heddle-test".toCharArray();

    @TempDir
    static Path directory;

    private static SSLContext context;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeAll
    static void make_a_certificate() throws Exception {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, TLSv1.3",
        "JDK, TLSv1.2",
        "HEDDLE_IPV4, TLSv1.3",
        "HEDDLE_IPV4, TLSv1.2",
        "HEDDLE_IPV6_OFFLOADING, TLSv1.3",
        "HEDDLE_IPV6_OFFLOADING, TLSv1.2",
    })
    void what_is_written_on_both_sides_at_once_arrives(Network.Kind kind, String protocol) throws Exception {
        byte[] up = bytes(1, 3_000_000);
        byte[] down = bytes(2, 2_000_000);
        try (Network network = kind.open();
                Pair pair = connect(network, protocol)) {
            CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return pair.server().getInputStream().readNBytes(up.length);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(
                    () -> {
                        try {
                            pair.server().getOutputStream().write(down);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            CompletableFuture<Void> written = CompletableFuture.runAsync(
                    () -> {
                        try {
                            pair.client().getOutputStream().write(up);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            assertThat(pair.client().getInputStream().readNBytes(down.length)).isEqualTo(down);
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(up);
            sent.get(30, TimeUnit.SECONDS);
            written.get(30, TimeUnit.SECONDS);
            assertThat(pair.client().getSession().getProtocol()).isEqualTo(protocol);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void half_closed_by_the_client_the_server_still_answers(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Pair pair = connect(network, "TLSv1.3")) {
            pair.client().getOutputStream().write(bytes(3, 10_000));
            pair.client().shutdownOutput();
            assertThat(pair.server().getInputStream().readAllBytes()).isEqualTo(bytes(3, 10_000));
            pair.server().getOutputStream().write(bytes(4, 10_000));
            pair.server().close();
            assertThat(pair.client().getInputStream().readAllBytes()).isEqualTo(bytes(4, 10_000));
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void read_that_times_out_can_be_tried_again(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Pair pair = connect(network, "TLSv1.3")) {
            pair.client().setSoTimeout(50);
            InputStream in = pair.client().getInputStream();
            assertThatThrownBy(in::read)
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Read timed out");
            pair.server().getOutputStream().write(7);
            pair.client().setSoTimeout(30_000);
            assertThat(in.read()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void connection_that_breaks_below_it_says_so(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Pair pair = connect(network, "TLSv1.3")) {
            pair.accepted().setSoLinger(true, 0);
            pair.accepted().close();
            InputStream in = pair.client().getInputStream();
            assertThatThrownBy(in::read)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void peer_that_goes_away_in_the_handshake_is_told(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 5, network.serverAddress());
                Socket raw = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket accepted = listener.accept();
                SSLSocket client = layered(raw, network.serverAddress(), listener.getLocalPort(), true)) {
            accepted.shutdownOutput();
            assertThatThrownBy(client::startHandshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessage("Remote host terminated the handshake")
                    .hasCauseInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM",
        "JDK, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM",
        "HEDDLE_IPV4, VIRTUAL",
    })
    void close_ends_a_blocked_read(Network.Kind kind, BlockedCall.Threads kindOfThread) throws Exception {
        try (Network network = kind.open();
                Pair pair = connect(network, "TLSv1.3")) {
            InputStream in = pair.client().getInputStream();
            BlockedCall read = BlockedCall.start(kindOfThread, in::read);
            pair.raw().close();
            assertThat(read.failure()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void peer_that_speaks_no_tls_is_refused(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 5, network.serverAddress());
                Socket raw = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket accepted = listener.accept();
                SSLSocket client = layered(raw, network.serverAddress(), listener.getLocalPort(), true)) {
            OutputStream out = accepted.getOutputStream();
            out.write("220 mail.example ready\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(client::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    /** The JVM's own {@code SSLSocket}s, over the kernel's TCP or that of the stack which is the JVM's default. */
    @Test
    void sockets_that_tls_makes_itself() throws Exception {
        try (Network network = Network.Kind.JDK.open();
                SSLServerSocket listener = (SSLServerSocket)
                        context.getServerSocketFactory().createServerSocket(0, 5, network.serverAddress())) {
            CompletableFuture<Integer> answered = CompletableFuture.supplyAsync(
                    () -> {
                        try (Socket accepted = listener.accept()) {
                            int asked = accepted.getInputStream().read();
                            accepted.getOutputStream().write(asked + 1);
                            return asked;
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            try (Socket client =
                    context.getSocketFactory().createSocket(network.serverAddress(), listener.getLocalPort())) {
                client.getOutputStream().write(41);
                assertThat(client.getInputStream().read()).isEqualTo(42);
            }
            assertThat(answered.get(30, TimeUnit.SECONDS)).isEqualTo(41);
        }
    }

    private static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static SSLSocket layered(Socket below, InetAddress peer, int port, boolean client) throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(below, peer.getHostAddress(), port, true);
        socket.setUseClientMode(client);
        return socket;
    }

    private Pair connect(Network network, String protocol) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 5, network.serverAddress())) {
            int port = listener.getLocalPort();
            Socket raw = network.clients().createSocket(network.serverAddress(), port);
            Socket accepted = listener.accept();
            SSLSocket client = layered(raw, network.serverAddress(), port, true);
            SSLSocket server = layered(accepted, network.serverAddress(), port, false);
            client.setEnabledProtocols(new String[] {protocol});
            CompletableFuture<Void> handshake = CompletableFuture.runAsync(
                    () -> {
                        try {
                            server.startHandshake();
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            client.startHandshake();
            handshake.get(30, TimeUnit.SECONDS);
            return new Pair(raw, accepted, client, server);
        }
    }

    private record Pair(Socket raw, Socket accepted, SSLSocket client, SSLSocket server) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            raw.close();
            accepted.close();
        }
    }
}
