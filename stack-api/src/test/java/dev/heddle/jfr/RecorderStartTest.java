package dev.heddle.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM that records nothing does not prepare for it either; one that begins to later finds everything. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecorderStartTest {

    @Test
    void events_are_loaded_when_there_is_a_recorder_and_not_before() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName()))
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            List<String> steps = output.lines()
                    .filter(line -> line.startsWith("step ") || line.contains(EventKinds.class.getName()))
                    .map(line -> line.startsWith("step ") ? line : "loaded")
                    .distinct()
                    .toList();
            assertThat(steps).as(output).containsExactly("step connected", "loaded", "step recording", "step events 2");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Connects, and connects again with a recording. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            Path file = Files.createTempFile("recorder", ".jfr");
            try (MemoryLink.Pair cable =
                    MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system())) {
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.2/24")
                        .build();
                connect(stack);
                System.out.println("step connected");
                try (Recording recording = new Recording()) {
                    recording.start();
                    System.out.println("step recording");
                    connect(stack);
                    stack.close(); // has told everything then
                    recording.stop();
                    recording.dump(file);
                }
                long opened = RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals("dev.heddle.ConnectionOpened"))
                        .count();
                System.out.println("step events " + opened);
            } finally {
                Files.delete(file);
            }
        }

        private static void connect(NetworkStack stack) throws Exception {
            try (ServerSocket server = stack.serverSocketFactory().createServerSocket(80);
                    Socket client = stack.socketFactory().createSocket("192.0.2.2", 80);
                    Socket accepted = server.accept()) {
                client.getOutputStream().write(1);
                accepted.getInputStream().read();
            }
        }
    }
}
