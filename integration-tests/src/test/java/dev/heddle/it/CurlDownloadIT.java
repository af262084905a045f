package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.GeneratedContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Debian's curl on the kernel's TCP fetches from Heddle. */
@RealLinux
@ParameterizedClass
@EnumSource
final class CurlDownloadIT {

    private static final int MEBIBYTE = 1024 * 1024;
    private static final long GIBIBYTE = 1024L * MEBIBYTE;
    private static final int PARALLEL = 100;
    private static final int SMALL_FILES = 1000;
    private static final Duration GIBIBYTE_TIMEOUT = Duration.ofSeconds(100);

    private final Offloads offloads;

    @TempDir
    private Path site;

    @TempDir
    private Path fetched;

    private TwoHosts hosts;

    CurlDownloadIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void connect() {
        hosts = TwoHosts.connect(offloads).serve(site);
    }

    @AfterEach
    void leaves_nothing_behind() {
        hosts.close();
    }

    private void file(String name, int bytes) throws IOException {
        Files.write(site.resolve(name), GeneratedContent.bytes(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void files_of_no_byte_one_byte_and_a_mebibyte_arrive_whole(Family family) throws IOException {
        for (int bytes : new int[] {0, 1, MEBIBYTE}) {
            file("file" + bytes, bytes);
            assertThat(hosts.curl("--fail", hosts.url(family, "/file" + bytes)).digest())
                    .as("%d bytes", bytes)
                    .isEqualTo(GeneratedContent.sha256(bytes));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_gibibyte_arrives_whole(Family family) {
        long startNs = System.nanoTime();
        String digest = hosts.curl("--fail", hosts.url(family, TestSite.generated(GIBIBYTE)))
                .timeout(GIBIBYTE_TIMEOUT)
                .digest();
        double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf(Locale.ROOT, "1 GiB to curl, %s, offloads %s: %.1f s%n", family, offloads, seconds);
        assertThat(digest).isEqualTo(GeneratedContent.sha256(GIBIBYTE));
    }

    @ParameterizedTest
    @EnumSource
    void ranges_of_a_file_are_served(Family family) throws IOException {
        file("file", MEBIBYTE);
        byte[] content = GeneratedContent.bytes(MEBIBYTE);
        Path part = fetched.resolve("part");
        String status = hosts.curl("--range", "1000-300000", "--output", part.toString(), "--write-out", "%{http_code}")
                .with(hosts.url(family, "/file"))
                .output();
        assertThat(status).isEqualTo("206");
        assertThat(part).hasBinaryContent(Arrays.copyOfRange(content, 1000, 300_001));
        hosts.curl("--range", "-7", "--output", part.toString(), hosts.url(family, "/file"))
                .output();
        assertThat(part).hasBinaryContent(Arrays.copyOfRange(content, MEBIBYTE - 7, MEBIBYTE));
    }

    @ParameterizedTest
    @EnumSource
    void one_connection_serves_request_after_request(Family family) throws IOException {
        file("file", 10_000);
        String url = hosts.url(family, "/file");
        String connects = hosts.curl("--write-out", "%{num_connects}\\n")
                .with(Stream.generate(() -> List.of("--output", "/dev/null", url))
                        .limit(20)
                        .flatMap(List::stream)
                        .toList())
                .output();
        assertThat(connects.lines().mapToInt(Integer::parseInt).sum())
                .as(connects)
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_hundred_parallel_downloads_arrive_whole(Family family) throws IOException {
        file("file", MEBIBYTE);
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < PARALLEL; i++) {
            targets.addAll(
                    List.of("--output", fetched.resolve("copy" + i).toString(), hosts.url(family, "/file?" + i)));
        }
        String connects = hosts.curl("--fail", "--parallel", "--parallel-immediate")
                .with(List.of("--parallel-max", String.valueOf(PARALLEL), "--write-out", "%{num_connects}\\n"))
                .with(targets)
                .output();
        assertThat(connects.lines().filter(line -> line.equals("1")))
                .as("connections")
                .hasSize(PARALLEL);
        byte[] expected = GeneratedContent.bytes(MEBIBYTE);
        for (int i = 0; i < PARALLEL; i++) {
            // An assertion that describes each difference takes its time.
            byte[] copy = Files.readAllBytes(fetched.resolve("copy" + i));
            assertThat(Arrays.equals(copy, expected)).as("copy %d", i).isTrue();
        }
    }

    @Test
    void a_thousand_small_files_a_hundred_at_a_time_all_arrive() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < SMALL_FILES; i++) {
            file("small" + i, i);
            lines.add("url = \"" + hosts.url(i % 2 == 0 ? Family.IPV4 : Family.IPV6, "/small" + i) + "\"");
            lines.add("output = \"" + fetched.resolve("small" + i) + "\"");
        }
        Path config = Files.write(fetched.resolve("config"), lines);
        String statuses = hosts.curl("--fail", "--parallel", "--parallel-max", String.valueOf(PARALLEL))
                .with("--write-out", "%{http_code} %{errormsg}\\n", "--config", config.toString())
                .output();
        assertThat(statuses.lines().filter(line -> line.startsWith("200"))).hasSize(SMALL_FILES);
        for (int i = 0; i < SMALL_FILES; i++) {
            assertThat(fetched.resolve("small" + i)).hasBinaryContent(GeneratedContent.bytes(i));
        }
    }
}
