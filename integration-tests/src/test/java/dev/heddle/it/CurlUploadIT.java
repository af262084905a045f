package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.GeneratedContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Debian's curl on the kernel's TCP sends to Heddle. */
@RealLinux
@ParameterizedClass
@EnumSource
final class CurlUploadIT {

    private static final int MEBIBYTE = 1024 * 1024;
    private static final int LARGE_BYTES = 256 * MEBIBYTE;

    private final Offloads offloads;

    @TempDir
    private Path directory;

    private TwoHosts hosts;

    CurlUploadIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void connect() {
        hosts = TwoHosts.connect(offloads).serve(directory);
    }

    @AfterEach
    void leaves_nothing_behind() {
        hosts.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_large_upload_arrives_whole(Family family) {
        String digest = hosts.curl("--fail", "--upload-file", "-", hosts.url(family, "/digest"))
                .input(out -> GeneratedContent.write(LARGE_BYTES, out))
                .output();
        assertThat(digest).isEqualTo(GeneratedContent.sha256(LARGE_BYTES));
    }

    @ParameterizedTest
    @EnumSource
    void a_client_that_expects_100_continue_is_told_to_send(Family family) throws IOException {
        Path content = Files.write(directory.resolve("content"), GeneratedContent.bytes(3 * MEBIBYTE));
        Path body = directory.resolve("body");
        // curl waits for the word longer than this test does.
        Command.Result result = hosts.curl("--fail", "--verbose", "--header", "Expect: 100-continue")
                .with("--expect100-timeout", "300", "--data-binary", "@" + content, "--output", body.toString())
                .with(hosts.url(family, "/echo"))
                .run();
        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.errors()).containsSubsequence("> Expect: 100-continue", "< HTTP/1.1 100 ", "< HTTP/1.1 200 ");
        assertThat(body).hasSameBinaryContentAs(content);
    }

    @ParameterizedTest
    @EnumSource
    void an_upload_is_echoed_while_it_arrives(Family family) throws IOException {
        Path content = Files.write(directory.resolve("content"), GeneratedContent.bytes(16 * MEBIBYTE));
        String digest = hosts.curl("--fail", "--data-binary", "@" + content)
                .with(hosts.url(family, "/echo"))
                .digest();
        assertThat(digest).isEqualTo(GeneratedContent.sha256(16 * MEBIBYTE));
    }
}
