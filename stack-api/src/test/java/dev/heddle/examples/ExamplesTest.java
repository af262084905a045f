package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows works, to the letter. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExamplesTest {

    @AutoClose
    private final MemoryLink.Pair cable =
            MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());

    @Test
    void socket_factories() throws IOException {
        assertThat(SocketFactories.run(cable.a())).isEqualTo(42);
        assertShown(SocketFactories.class);
    }

    @Test
    void names(@TempDir Path directory) throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "192.0.2.2 www.example.org\n");
        assertThat(Names.run(cable.a(), hosts)).isEqualTo(42);
        assertShown(Names.class);
    }

    static void assertShown(Class<?> example) throws IOException {
        String source =
                Files.readString(Path.of("src/test/java/dev/heddle/examples", example.getSimpleName() + ".java"));
        String code = source.substring(source.indexOf("// example") + "// example".length(), source.indexOf("// end"));
        // A page has lines of another length.
        assertThat(withoutSpace(Files.readString(Path.of("../docs/ways-in.md"))))
                .contains(withoutSpace(code));
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
