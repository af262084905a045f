package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.Greeter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that docs/ways-in.md shows, to the letter. */
@RealLinux
final class WaysInIT {

    private static final Path PAGE = Path.of("..", "docs", "ways-in.md");

    @TempDir
    Path directory;

    @Test
    void a_program_as_it_is() throws IOException {
        jar(directory.resolve("server.jar"), Greeter.class);
        Path script = Files.createDirectory(directory.resolve("bin")).resolve("heddle");
        Files.writeString(script, "#!/bin/sh\nexec '" + Launcher.SCRIPT.toRealPath() + "' \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        try (Namespace namespace = Namespace.create()) {
            String output = namespace
                    .command("env", "-C", directory.toString(), "HEDDLE_BUILD=no", "bash", "-e", "-c", commands())
                    .runOrFail();
            assertThat(output.lines().map(String::strip))
                    .contains("Hello")
                    .anyMatch(line -> line.matches("LISTEN +0 +50 +\\*:8080 +\\*:\\*"));
        }
    }

    /** The indented lines of the section. */
    private static String commands() throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("## 3."), page.indexOf("## 4."));
        return section.lines()
                .filter(line -> line.startsWith("    "))
                .map(line -> line.strip() + "\n")
                .collect(Collectors.joining());
    }

    private static void jar(Path file, Class<?> main) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
        String name = main.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream bytes = main.getResourceAsStream("/" + name)) {
            jar.putNextEntry(new JarEntry(name));
            bytes.transferTo(jar);
        }
    }
}
