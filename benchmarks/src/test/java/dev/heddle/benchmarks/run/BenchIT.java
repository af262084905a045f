package dev.heddle.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs of the benchmark in namespaces of their own, with kernel clients. */
@Tag("tun")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchIT {

    private final Resources resources = new Resources();

    @AfterEach
    void close() {
        resources.close();
    }

    private static String namespaces() throws Exception {
        return Namespace.run("ip", "netns", "list");
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "HEDDLE", "HEDDLE_PLAIN"})
    void the_services_do_what_their_rfcs_say(Subject subject) throws Exception {
        try (Arena.Session session = new Arena(subject, resources).start(false, Arena.SPEED_FLAGS)) {
            assertThat(session.generator().ask("check")).containsEntry("checked", 1.0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_measurement_gives_figures(Subject subject) throws Exception {
        try (Arena.Session session = new Arena(subject, resources).start(true, Arena.SPEED_FLAGS)) {
            for (Measure measure : Measure.values()) {
                Map<String, Double> measured = session.generator().ask(measure.command + " 0.2");
                assertThat(measured).as("%s", measure).doesNotContainEntry("failures", 1.0);
                for (Figure figure : Figure.values()) {
                    if (figure.measure == measure) {
                        assertThat(measured.get(figure.key)).as("%s", figure).isPositive();
                    }
                }
            }
        }
    }

    @Test
    void the_memory_of_idle_connections_is_found() throws Exception {
        try (Arena.Session session = new Arena(Subject.HEDDLE, resources).start(false, Arena.MEMORY_FLAGS)) {
            IdleMemory memory = IdleMemory.measure(session, 1_000);
            assertThat(memory.heapBytes()).isBetween(500.0, 20_000.0);
            assertThat(memory.poolBytes()).isZero();
        }
    }

    @Test
    void closing_leaves_no_namespace_and_no_program() throws Exception {
        String before = namespaces();
        Arena arena = new Arena(Subject.JDK, resources);
        assertThat(namespaces()).isNotEqualTo(before);
        arena.start(false, Arena.SPEED_FLAGS);
        List<ProcessHandle> programs = ProcessHandle.current().children().toList();
        assertThat(programs).hasSizeGreaterThanOrEqualTo(2);
        resources.close();
        assertThat(namespaces()).isEqualTo(before);
        assertThat(programs).noneMatch(ProcessHandle::isAlive);
    }
}
