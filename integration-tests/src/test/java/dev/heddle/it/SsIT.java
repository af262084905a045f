package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.HelidonGreeting;
import dev.heddle.it.programs.WhoAmI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A look into running stacks from outside, while they serve. */
@RealLinux
final class SsIT {

    private static final Duration START = Duration.ofSeconds(30);

    private Namespace namespace;

    @BeforeEach
    void start() {
        namespace = Namespace.create();
    }

    @AfterEach
    void stop() {
        namespace.close();
    }

    private Command helidon() {
        return Launcher.heddle(
                namespace,
                "run",
                "--tun",
                "heddle0",
                "--address",
                "192.0.2.2/24",
                "--",
                "-cp",
                Launcher.ownClassPath(),
                HelidonGreeting.class.getName());
    }

    private String ss(String... arguments) {
        return Launcher.heddle(namespace, "ss").with(arguments).runOrFail();
    }

    @Test
    void every_connection_of_a_program_is_shown_with_its_figures() {
        try (RunningProcess server = helidon().start()) {
            server.expectLine("serving", START);
            String pid = Long.toString(server.pid());
            try (RunningProcess client =
                    namespace.command("nc.openbsd", "-n", "192.0.2.2", "80").start()) {
                client.say("GET /greet/Ada HTTP/1.1\r\nHost: x\r\n\r");
                client.expectLine("HTTP/1.1 200 OK", START);
                assertThat(namespace
                                .command("curl", "-s", "http://192.0.2.2/greet/Grace")
                                .runOrFail())
                        .isEqualTo("Hello Grace!");

                assertThat(ss("-t", "--pid", pid))
                        .contains("# " + pid + " " + HelidonGreeting.class.getName())
                        .contains(": heddle0 192.0.2.2/24")
                        .contains("State")
                        .containsPattern("(?m)^ESTAB +0 +0 +192\\.0\\.2\\.2:80 +192\\.0\\.2\\.1:[0-9]+$")
                        .doesNotContain("LISTEN");
                assertThat(ss("-tl", "--pid", pid))
                        .containsPattern("(?m)^LISTEN +0 +[0-9]+ +\\*:80 +\\*:\\*$")
                        .doesNotContain("ESTAB");
                assertThat(ss("-tai", "--pid", pid))
                        .containsPattern("(?m)^LISTEN .*$")
                        .containsPattern("(?m)^ESTAB .*\n\tts sack cubic wscale:[0-9]+,[0-9]+ rto:[0-9.]+ rtt:.*"
                                + " mss:1448 .* cwnd:10 .*bytes_sent:[0-9]+ bytes_acked:[0-9]+"
                                + " bytes_received:[0-9]+ segs_out:[0-9]+ .* delivery_rate [0-9.]+[kMG]?bps");
                assertThat(ss("-u", "--pid", pid)).doesNotContain("192.0.2.2:");
            }
        }
    }

    @Test
    void every_stack_that_runs_is_found_and_no_other() {
        long killed;
        try (RunningProcess server = helidon().start();
                RunningProcess services = Launcher.heddle(
                                namespace, "services", "--tun", "heddle1", "--address", "198.51.100.2/24")
                        .start()) {
            server.expectLine("serving", START);
            services.expectLine("serving", START);
            killed = services.pid();
            assertThat(ss("-al"))
                    .contains("# " + server.pid() + " ", "# " + killed + " ", ": heddle1 198.51.100.2/24")
                    .containsPattern("(?m)^tcp +LISTEN .*\\*:19 +\\*:\\*$")
                    .containsPattern("(?m)^udp +UNCONN .*198\\.51\\.100\\.2:7 +0\\.0\\.0\\.0:\\*$");
        }
        // It was killed and could remove nothing.
        Path left = Path.of("/tmp/heddle-0", killed + "-1");
        assertThat(left).exists();
        Command.Result result =
                Launcher.heddle(namespace, "ss", "--pid", Long.toString(killed)).run();
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors().lines())
                .singleElement()
                .asString()
                .startsWith("heddle: no stack is running in process " + killed);
        assertThat(left).doesNotExist();
    }

    @Test
    void a_program_that_ends_by_itself_leaves_nothing() {
        try (RunningProcess program = Launcher.in(namespace, "tun=heddle0,address=192.0.2.2/24")
                .program(WhoAmI.class)
                .start()) {
            assertThat(program.expectLine("", START)).endsWith("/192.0.2.2");
            assertThat(program.waitFor(START)).as("ended").isTrue();
            assertThat(program.exitCode()).isZero();
            assertThat(Path.of("/tmp/heddle-0", program.pid() + "-1")).doesNotExist();
        }
    }
}
