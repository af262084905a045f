package dev.heddle.demo.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The site as a client sees it, over the JDK's own sockets. */
@Timeout(30)
class SiteTest {

    private static final String TEN = "0123456789";
    private static final Instant MODIFIED = Instant.parse("2024-02-29T12:34:56.789Z");

    @TempDir
    Path outside;

    private Path root;
    private WebServer server;
    private RawClient client;

    @BeforeEach
    void serve_a_directory() throws IOException {
        root = Files.createDirectory(outside.resolve("site"));
        Files.writeString(outside.resolve("secret"), "secret");
        Path ten = Files.writeString(root.resolve("ten.txt"), TEN);
        Files.setLastModifiedTime(ten, FileTime.from(MODIFIED));
        server = start(Site.of(root));
        client = new RawClient(server.port());
    }

    private static WebServer start(Site site) throws IOException {
        return new WebServer(ServerSocketFactory.getDefault(), InetAddress.getLoopbackAddress(), 0, site);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void a_file_comes_with_its_type_length_and_validators() throws IOException {
        RawClient.Answer answer = client.get("/ten.txt").answer();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(TEN);
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(answer.header("Content-Length")).isEqualTo("10");
        assertThat(answer.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(answer.header("Last-Modified")).isEqualTo("Thu, 29 Feb 2024 12:34:56 GMT");
        assertThat(answer.header("ETag")).matches("\"[0-9a-f]+-a\"");
    }

    @Test
    void a_head_request_gets_the_same_headers_and_no_body() throws IOException {
        RawClient.Answer get = client.get("/ten.txt").answer();
        RawClient.Answer head = client.request("HEAD", "/ten.txt").head();

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("10");
        assertThat(head.header("ETag")).isEqualTo(get.header("ETag"));
        // The next answer begins right behind the header: no body was sent.
        assertThat(client.get("/ten.txt").answer().status()).isEqualTo(200);
    }

    @Test
    void one_connection_carries_many_requests_and_pipelined_ones() throws IOException {
        for (int i = 0; i < 100; i++) {
            assertThat(client.get("/ten.txt").answer().text()).isEqualTo(TEN);
        }
        client.get("/ten.txt").get("/missing").get("/ten.txt");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.answer().status()).isEqualTo(404);
        assertThat(client.answer().text()).isEqualTo(TEN);
        assertThat(server.openConnections()).isEqualTo(1);
    }

    @Test
    void a_client_that_says_close_gets_its_answer_and_the_end() throws IOException {
        assertThat(client.get("/ten.txt", "Connection: close").answer().text()).isEqualTo(TEN);
        assertThat(client.atEnd()).isTrue();
    }

    @Test
    void http_1_0_gets_an_answer_and_the_end() throws IOException {
        client.send("GET /ten.txt HTTP/1.0\r\n\r\n");
        assertThat(client.answer().text()).isEqualTo(TEN);
        assertThat(client.atEnd()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'bytes=0-0', 0, 'bytes 0-0/10'",
        "'bytes=2-4', 234, 'bytes 2-4/10'",
        "'bytes=7-', 789, 'bytes 7-9/10'",
        "'bytes=-3', 789, 'bytes 7-9/10'",
        "'bytes=-99', 0123456789, 'bytes 0-9/10'",
        "'bytes=5-99', 56789, 'bytes 5-9/10'",
        "'Bytes= 1-2 ', 12, 'bytes 1-2/10'",
        "'bytes=90-, 3-3', 3, 'bytes 3-3/10'",
    })
    void a_range_brings_just_that_part(String range, String body, String contentRange) throws IOException {
        RawClient.Answer answer = client.get("/ten.txt", "Range: " + range).answer();

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.text()).isEqualTo(body);
        assertThat(answer.header("Content-Range")).isEqualTo(contentRange);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20,30-", "bytes=-0"})
    void a_range_behind_the_end_is_not_satisfiable(String range) throws IOException {
        RawClient.Answer answer = client.get("/ten.txt", "Range: " + range).answer();

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */10");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=4-2",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "lines=1-2",
                "bytes=1",
                "bytes=0-8,1-9",
                "bytes=99999999999999999999-"
            })
    void a_range_that_makes_no_sense_is_ignored(String range) throws IOException {
        RawClient.Answer answer = client.get("/ten.txt", "Range: " + range).answer();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(TEN);
    }

    @Test
    void several_ranges_come_in_several_parts() throws IOException {
        RawClient.Answer answer = client.get("/ten.txt", "Range: bytes=0-1, -2").answer();

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Type")).startsWith("multipart/byteranges; boundary=");
        String boundary = answer.header("Content-Type").replaceAll(".*boundary=", "");
        String part = "Content-Type: text/plain; charset=UTF-8\r\nContent-Range: bytes ";
        assertThat(answer.text())
                .isEqualTo("\r\n--" + boundary + "\r\n" + part + "0-1/10\r\n\r\n01\r\n--" + boundary + "\r\n" + part
                        + "8-9/10\r\n\r\n89\r\n--" + boundary + "--\r\n");
    }

    @Test
    void if_range_gives_the_part_of_the_known_file_and_else_the_whole() throws IOException {
        String entityTag = client.get("/ten.txt").answer().header("ETag");

        assertThat(partStatus(entityTag)).isEqualTo(206);
        assertThat(partStatus("Thu, 29 Feb 2024 12:34:56 GMT")).isEqualTo(206);
        assertThat(partStatus("W/" + entityTag)).isEqualTo(200);
        assertThat(partStatus("\"other\"")).isEqualTo(200);
        assertThat(partStatus("Thu, 29 Feb 2024 12:34:55 GMT")).isEqualTo(200);
    }

    private int partStatus(String ifRange) throws IOException {
        return client.get("/ten.txt", "Range: bytes=1-2", "If-Range: " + ifRange)
                .answer()
                .status();
    }

    @Test
    void a_client_that_knows_the_file_is_told_so() throws IOException {
        String entityTag = client.get("/ten.txt").answer().header("ETag");

        assertThat(status("If-None-Match: " + entityTag)).isEqualTo(304);
        assertThat(status("If-None-Match: \"x\", W/" + entityTag)).isEqualTo(304);
        assertThat(status("If-None-Match: *")).isEqualTo(304);
        assertThat(status("If-None-Match: \"x\"")).isEqualTo(200);
        assertThat(status("If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT")).isEqualTo(304);
        assertThat(status("If-Modified-Since: Thursday, 29-Feb-24 12:34:57 GMT"))
                .isEqualTo(304);
        assertThat(status("If-Modified-Since: Sat Mar  2 12:34:56 2024")).isEqualTo(304);
        assertThat(status("If-Modified-Since: Thu, 29 Feb 2024 12:34:55 GMT")).isEqualTo(200);
        assertThat(status("If-Modified-Since: yesterday")).isEqualTo(200);
        assertThat(status("If-Match: \"x\"")).isEqualTo(412);
        assertThat(status("If-Match: " + entityTag)).isEqualTo(200);
        assertThat(status("If-Unmodified-Since: Thu, 29 Feb 2024 12:34:55 GMT")).isEqualTo(412);
    }

    private int status(String header) throws IOException {
        return client.get("/ten.txt", header).answer().status();
    }

    @Test
    void a_directory_is_listed_with_links_that_work() throws IOException {
        Files.createDirectory(root.resolve("a dir"));
        Files.writeString(root.resolve("<b>&ü.txt"), "x");

        RawClient.Answer answer = client.get("/").answer();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=UTF-8");
        assertThat(answer.text())
                .contains("<a href=\"./a%20dir/\">a dir/</a>")
                .contains("<a href=\"./%3Cb%3E%26%C3%BC.txt\">&lt;b&gt;&amp;ü.txt</a>")
                .contains("ten.txt")
                .doesNotContain("secret");
        assertThat(client.get("/%3Cb%3E%26%C3%BC.txt").answer().text()).isEqualTo("x");
        assertThat(client.get("/a%20dir/").answer().text()).contains("href=\"../\"");
    }

    @Test
    void a_directory_without_its_slash_moves_and_its_index_is_preferred() throws IOException {
        Path directory = Files.createDirectory(root.resolve("a dir"));
        Files.writeString(directory.resolve("index.html"), "the index");

        RawClient.Answer moved = client.get("/a%20dir?x=1").answer();
        assertThat(moved.status()).isEqualTo(301);
        assertThat(moved.header("Location")).isEqualTo("/a%20dir/");
        assertThat(client.get("/a%20dir/").answer().text()).isEqualTo("the index");
    }

    @ParameterizedTest
    @CsvSource({
        "/../secret, 403",
        "/x/../../secret, 403",
        "/%2e%2e/secret, 403",
        "/%2e%2e%2fsecret, 400",
        "/..%5csecret, 400",
        "/link, 403",
        "/linkdir/secret, 403",
        "/withindex/, 403",
        "/ten.txt%00.html, 400",
        "/%zz, 400",
        "/%f, 400",
        "/%c3%28, 400",
        "/nothing, 404",
        "/ten.txt/, 404",
        "/ten.txt/x, 404",
    })
    void a_path_that_leads_nowhere_or_out_is_refused(String target, int status) throws IOException {
        Files.createSymbolicLink(root.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(root.resolve("linkdir"), outside);
        Path withIndex = Files.createDirectory(root.resolve("withindex"));
        Files.createSymbolicLink(withIndex.resolve("index.html"), outside.resolve("secret"));

        RawClient.Answer answer = client.get(target).answer();

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).doesNotContain("secret");
        // Only a client that does not speak HTTP properly loses its connection.
        if (status != 400) {
            assertThat(client.get("/ten.txt").answer().text()).isEqualTo(TEN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "TRACE", "BREW"})
    void other_methods_are_not_allowed(String method) throws IOException {
        RawClient.Answer answer = client.request(method, "/ten.txt").answer();

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, POST, PUT, OPTIONS");
        assertThat(client.request("OPTIONS", "*").answer().status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource({
        "'nonsense\r\n\r\n', 400",
        "'GET /ten.txt HTTP/1.1\r\n\r\n', 400",
        "'GET /ten.txt HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400",
        "'GET /ten.txt HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n', 400",
        "'GET /ten.txt HTTP/9.9\r\nHost: a\r\n\r\n', 505",
        "'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400",
        "'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello', 400",
        "'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: strange\r\n\r\n', 501",
        "'GET ten.txt HTTP/1.1\r\nHost: a\r\n\r\n', 400",
    })
    void a_bad_request_is_answered_cleanly(String request, int status) throws IOException {
        RawClient.Answer answer = client.send(request).answer();

        assertThat(answer.status()).isEqualTo(status);
    }

    @Test
    void an_address_that_is_too_long_is_refused() throws IOException {
        client.send("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(414);
    }

    @Test
    void a_header_that_is_too_long_is_answered_although_the_client_still_sends() throws IOException {
        byte[] junk = ("X-Junk: " + "y".repeat(100_000) + "\r\n").getBytes(UTF_8);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n").send(junk).send(junk);
        assertThat(client.answer().status()).isEqualTo(431);
        assertThat(client.atEnd()).isTrue();
    }

    @Test
    void a_body_is_echoed_with_its_type() throws IOException {
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: text/x-y\r\nContent-Length: 5\r\n\r\nhello");
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("text/x-y");
        assertThat(answer.text()).isEqualTo("hello");

        client.send("PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        assertThat(client.answer().text()).isEqualTo("abcde");

        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.answer().body()).isEmpty();
    }

    @Test
    void a_client_that_asks_is_told_to_continue_before_it_sends() throws IOException {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(100);
        assertThat(client.send("body").answer().text()).isEqualTo("body");
    }

    @Test
    void a_body_larger_than_memory_allows_is_echoed_while_it_arrives() throws Exception {
        long length = 3L << 30;
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
        byte[] block = new byte[1 << 20];
        new Random(1).nextBytes(block);
        // What goes in comes out before the body is complete.
        client.send(block);
        String head = new String(client.exactly(16), UTF_8);
        assertThat(head).startsWith("HTTP/1.1 200 OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n"})
    void the_echo_of_a_body_that_breaks_off_does_not_look_whole(String rest) throws IOException {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + rest);

        assertThat(new String(client.toEnd(), UTF_8)).doesNotContain("0\r\n\r\n");
    }

    @Test
    void a_large_file_is_streamed() throws IOException {
        long size = 5L << 30;
        try (RandomAccessFile file =
                new RandomAccessFile(root.resolve("large.bin").toFile(), "rw")) {
            file.setLength(size);
            file.seek(size - 3);
            file.write("end".getBytes(UTF_8));
        }
        RawClient.Answer head = client.request("HEAD", "/large.bin").head();
        assertThat(head.header("Content-Length")).isEqualTo(Long.toString(size));
        RawClient.Answer tail =
                client.get("/large.bin", "Range: bytes=" + (size - 3) + "-").answer();
        assertThat(tail.text()).isEqualTo("end");
        assertThat(tail.header("Content-Range")).isEqualTo("bytes 5368709117-5368709119/5368709120");
    }

    @Test
    void an_empty_file_is_served() throws IOException {
        Files.createFile(root.resolve("empty"));
        RawClient.Answer answer = client.get("/empty").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(client.get("/empty", "Range: bytes=0-").answer().status()).isEqualTo(416);
    }

    @Test
    void without_a_directory_there_is_one_page() throws IOException {
        try (WebServer builtIn = start(Site.builtIn());
                RawClient browser = new RawClient(builtIn.port())) {
            RawClient.Answer page = browser.get("/").answer();
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.text()).contains("<h1>Heddle</h1>").contains(":" + builtIn.port() + "</code>");
            assertThat(browser.get("/x").answer().status()).isEqualTo(404);
        }
    }

    @Test
    void closing_lets_an_answer_finish_and_ends_idle_connections() throws Exception {
        try (RawClient idle = new RawClient(server.port())) {
            assertThat(idle.get("/ten.txt").answer().status()).isEqualTo(200);
            byte[] half = new byte[100_000];
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + 2 * half.length + "\r\n\r\n");
            client.send(half);
            String begin = new String(client.exactly(8), UTF_8);
            assertThat(begin).isEqualTo("HTTP/1.1");

            Thread closer = Thread.ofVirtual().start(() -> server.close(Duration.ofSeconds(20)));
            assertThat(idle.atEnd()).isTrue();
            client.send(half);
            int rest = client.toEnd().length;
            assertThat(rest).isGreaterThan(2 * half.length).isLessThan(2 * half.length + 1000);
            assertThat(closer.join(Duration.ofSeconds(10))).isTrue();
            assertThat(server.openConnections()).isZero();
        }
    }
}
