package dev.heddle.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.Faults;
import dev.heddle.demo.http.Site;
import dev.heddle.demo.http.WebServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole demonstration without privileges: kernel, forwarder, Heddle, memory, Heddle, web server. */
@Timeout(60)
class MemoryNetworkTest {

    private static final LinkPlan PLAIN = new LinkPlan(1500, false, Faults.NONE, null);
    private static final LinkPlan OFFLOAD = new LinkPlan(1500, true, Faults.NONE, null);

    @TempDir
    Path root;

    private final byte[] content = new byte[4 << 20];

    @BeforeEach
    void fill_the_directory() throws IOException {
        new Random(42).nextBytes(content);
        Files.write(root.resolve("large.bin"), content);
        Files.writeString(root.resolve("small.txt"), "small");
    }

    /** A running demonstration. */
    private record Demo(MemoryNetwork network, WebServer server) implements AutoCloseable {
        URI uri(String path) {
            return URI.create(network.urls().getFirst()).resolve(path);
        }

        @Override
        public void close() {
            server.close(Duration.ofSeconds(2));
            network.close();
        }
    }

    private Demo start(LinkPlan plan) throws IOException {
        MemoryNetwork network = new MemoryNetwork(plan, 0);
        return new Demo(
                network, new WebServer(network.serverSocketFactory(), null, network.serverPort(), Site.of(root)));
    }

    private static HttpResponse<byte[]> get(HttpClient client, URI uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
    }

    private void a_large_file_comes_whole(LinkPlan plan) throws Exception {
        try (Demo demo = start(plan);
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> response = get(client, demo.uri("large.bin"));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(content);
        }
    }

    @Test
    void a_large_file_comes_whole_in_super_segments() throws Exception {
        a_large_file_comes_whole(OFFLOAD);
    }

    @Test
    void a_large_file_comes_whole_in_packets() throws Exception {
        a_large_file_comes_whole(PLAIN);
    }

    @Test
    void a_large_file_comes_whole_over_a_bad_link_and_is_captured() throws Exception {
        Faults faults =
                Faults.builder().loss(0.01).reordering(0.01).delayNs(1_000_000).build();
        Path capture = root.resolve("demo.pcapng");
        a_large_file_comes_whole(new LinkPlan(1500, true, faults, capture));
        // Closing has written everything: 2,800 full packets and more.
        assertThat(Files.size(capture)).isGreaterThan(content.length);
        try (InputStream in = Files.newInputStream(capture)) {
            assertThat(in.readNBytes(4)).containsExactly(0x0a, 0x0d, 0x0d, 0x0a); // a pcapng section header
        }
    }

    @Test
    void many_clients_at_a_time_are_served() throws Exception {
        try (Demo demo = start(OFFLOAD);
                HttpClient client = HttpClient.newHttpClient()) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(client.sendAsync(
                        HttpRequest.newBuilder(demo.uri("small.txt")).build(), BodyHandlers.ofString()));
            }
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.join().body()).isEqualTo("small"));
        }
    }

    @Test
    void what_is_posted_comes_back() throws Exception {
        try (Demo demo = start(OFFLOAD);
                HttpClient client = HttpClient.newHttpClient()) {
            byte[] body = "hello".repeat(1000).getBytes(UTF_8);
            HttpRequest post = HttpRequest.newBuilder(demo.uri("x"))
                    .expectContinue(true)
                    .POST(BodyPublishers.ofByteArray(body))
                    .build();
            assertThat(client.send(post, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
        }
    }

    @Test
    void an_end_of_stream_passes_through_and_the_answer_still_comes() throws Exception {
        try (Demo demo = start(OFFLOAD);
                Socket socket = connect(demo)) {
            socket.getOutputStream().write("GET /small.txt HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .endsWith("\r\n\r\nsmall");
        }
    }

    @Test
    void closing_ends_idle_connections_and_gives_the_port_back() throws Exception {
        Socket idle;
        URI gone;
        try (Demo demo = start(OFFLOAD)) {
            gone = demo.uri("/");
            idle = connect(demo);
            idle.getOutputStream().write("GET /small.txt HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
            assertThat(idle.getInputStream().read()).isEqualTo('H');
        }
        try (idle) {
            byte[] rest = idle.getInputStream().readAllBytes(); // and the end, not a reset
            assertThat(new String(rest, UTF_8)).endsWith("small");
        }
        assertThatThrownBy(() -> new Socket(gone.getHost(), gone.getPort()).close())
                .isInstanceOf(ConnectException.class);
    }

    private static Socket connect(Demo demo) throws IOException {
        URI uri = demo.uri("/");
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }
}
