package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.assertj.core.api.SoftAssertions;

/**
 * The same happens to a program on Heddle and to the same on the JDK's sockets: both must say the same of it, and both must go on
 * with a server that is there again.
 */
final class AbruptEnds {

    private static final Duration QUIET = Duration.ofSeconds(5);

    private final Namespace namespace;
    private final RealServer server;

    AbruptEnds(Namespace namespace, RealServer server) {
        this.namespace = namespace;
        this.server = server;
    }

    /**
     * @param task what is under way
     * @param again what must work afterwards, with the same clients, pools and caches
     */
    void areTheSame(Program onHeddle, Program onKernel, String task, String again) {
        SoftAssertions outcomes = new SoftAssertions();
        onHeddle.does(again);
        onKernel.does(again);
        for (AbruptEnd end : AbruptEnd.values()) {
            String expected = withOneTimeout(end.experience(onKernel, task, namespace, server));
            onKernel.goesOnWith(again);
            String outcome = withOneTimeout(end.experience(onHeddle, task, namespace, server));
            onHeddle.goesOnWith(again);
            outcomes.assertThat(outcome).as(end.toString()).startsWith("failed").isEqualTo(expected);
        }
        outcomes.assertAll();
        int exitCode = onKernel.begins(task).isEnded();
        assertThat(onHeddle.begins(task).isEnded()).as("exit code").isEqualTo(exitCode);
        awaitNoConnections();
    }

    /** OkHttp times a read twice, by the socket and by a watchdog that closes it: chance says which of them comes first. */
    private static String withOneTimeout(String outcome) {
        return outcome.endsWith("/ java.net.SocketTimeoutException: timeout")
                ? "failed java.net.SocketTimeoutException: Read timed out"
                : outcome;
    }

    /** The server has heard of every end. */
    private void awaitNoConnections() {
        await().atMost(QUIET)
                .untilAsserted(() -> assertThat(namespace
                                .command("ss", "-Htn", "state", "established", "sport", "=", ":" + server.port())
                                .runOrFail())
                        .isBlank());
    }
}
