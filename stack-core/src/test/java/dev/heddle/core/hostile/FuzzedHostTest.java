package dev.heddle.core.hostile;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Repeats the inputs that were kept, without Jazzer, which would instrument the classes of all other tests, too. */
@Timeout(60)
class FuzzedHostTest {

    static List<Path> inputs() throws IOException, URISyntaxException {
        Path kept = Path.of(Objects.requireNonNull(
                        FuzzedHostTest.class.getResource("HostFuzzTestInputs/a_host_bears_all_packets_and_calls"))
                .toURI());
        try (Stream<Path> all = Files.list(kept)) {
            return all.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void a_host_bears_all_packets_and_calls(Path input) throws IOException {
        new FuzzedHost(Files.readAllBytes(input)).run();
    }
}
