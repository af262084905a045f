package dev.heddle.benchmarks.run;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bin/bench}. */
@Command(
        name = "bench",
        customSynopsis = "bin/bench [OPTION...]",
        mixinStandardHelpOptions = true,
        description = {
            "",
            "Measures Heddle over TUN, with and without offloads, beside the JDK's sockets over veth and a bare TUN"
                    + " responder without TCP, all in one run and in turn, with kernel clients in network namespaces of"
                    + " its own. Needs root. docs/benchmarks.md says how to read the result.",
            ""
        })
public final class BenchCommand implements Callable<Integer> {

    /** So many times the length of a measurement. */
    private static final int CONNECTING_WARM_UP = 6;

    private static final int WARM_UP_PASSES = 6;

    /** The part of the time that the compiler may still need. */
    private static final double WARM = 0.03;

    @Option(names = "--quick", description = "Two to three minutes in place of ten, and noisier.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every sample, too.")
    private @Nullable Path json;

    @Option(
            names = "--subjects",
            split = ",",
            paramLabel = "NAME",
            description = "Only these of ${COMPLETION-CANDIDATES}; ratios need JDK.")
    private List<Subject> subjects = List.of(Subject.values());

    @Option(
            names = "--measures",
            split = ",",
            paramLabel = "NAME",
            description = "Only these of ${COMPLETION-CANDIDATES}, and no memory.")
    private List<Measure> measures = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each measurement is taken; the median counts.")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "N", description = "How long a measurement takes.")
    private @Nullable Double seconds;

    private final Samples samples = new Samples();
    private final Map<Subject, IdleMemory> memory = new EnumMap<>(Subject.class);

    /** Runs the benchmark. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, commandLine, result) -> {
                    System.err.println("bench: " + e.getMessage());
                    return 1;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (new UnixSystem().getUid() != 0) {
            throw new IOException("needs root, for network namespaces and TUN interfaces");
        }
        Namespace.removeOrphans();
        try (Resources resources = new Resources()) {
            Runtime.getRuntime().addShutdownHook(new Thread(resources::close, "clean up"));
            List<Arena> arenas = new ArrayList<>();
            for (Subject subject : subjects) {
                arenas.add(new Arena(subject, resources));
            }
            say("JVM of the servers: " + System.getProperty("java.vm.name") + " "
                    + System.getProperty("java.vm.version")
                    + " " + String.join(" ", Arena.SPEED_FLAGS) + "; for memory "
                    + String.join(" ", Arena.MEMORY_FLAGS));
            say(Runtime.getRuntime().availableProcessors() + " cores; the kernel's congestion control: "
                    + arenas.getFirst().congestionControl());
            measure(arenas, false);
            measure(arenas, true);
            if (measures.isEmpty()) {
                measureMemory(arenas);
            }
        }
        Report report = new Report(subjects, samples, memory);
        report.print(System.out);
        if (json != null) {
            report.writeJson(json);
        }
        return 0;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.println();
    }

    private void measure(List<Arena> arenas, boolean oneCore) throws IOException {
        List<Measure> chosen = Arrays.stream(Measure.values())
                .filter(measure -> measure.oneCore == oneCore && (measures.isEmpty() || measures.contains(measure)))
                .toList();
        if (chosen.isEmpty()) {
            return;
        }
        List<Arena.Session> sessions = new ArrayList<>();
        for (Arena arena : arenas) {
            Arena.Session session = arena.start(oneCore, Arena.SPEED_FLAGS);
            sessions.add(session);
            if (arena.subject().hasTcp()) {
                session.generator().ask("check");
            }
            warmUp(session);
        }
        for (int round = 0; round < rounds(); round++) {
            for (Measure measure : chosen) {
                System.err.printf("round %d of %d: %s%n", round + 1, rounds(), measure);
                for (Arena.Session session : sessions) {
                    samples.add(session.subject(), measure, session.generator().ask(measure.command + " " + seconds()));
                }
            }
            // Nobody is always the first after the pause, or always behind the same one.
            Collections.rotate(sessions, 1);
        }
        sessions.forEach(Arena.Session::close);
    }

    /**
     * What a JVM has not compiled yet is slower by a factor, connecting and closing most of all; and on one core the compiler
     * takes its time from the server. So until it has next to nothing to do, within limits.
     */
    private void warmUp(Arena.Session session) throws IOException {
        for (int pass = 0; pass < WARM_UP_PASSES; pass++) {
            double compiledMs = compiledMs(session);
            long startNs = System.nanoTime();
            for (String command : List.of("up 1", "down 1", "pingpong")) {
                session.generator().ask(command + " " + seconds());
            }
            double connecting = session.subject().hasTcp() ? CONNECTING_WARM_UP * seconds() : seconds();
            session.generator().ask("connects 8 " + connecting);
            double tookMs = (System.nanoTime() - startNs) / 1e6;
            if (compiledMs(session) - compiledMs < WARM * tookMs) {
                return;
            }
        }
    }

    private static double compiledMs(Arena.Session session) throws IOException {
        // The bare responder has next to no code.
        return session.subject().hasTcp() ? session.server().ask("compilation").get("ms") : 0;
    }

    private void measureMemory(List<Arena> arenas) throws IOException, InterruptedException {
        for (Arena arena : arenas) {
            if (arena.subject() == Subject.JDK || arena.subject() == Subject.HEDDLE) {
                System.err.println("memory: " + arena.subject());
                try (Arena.Session session = arena.start(false, Arena.MEMORY_FLAGS)) {
                    memory.put(arena.subject(), IdleMemory.measure(session, 10_000));
                }
            }
        }
    }

    private int rounds() {
        return rounds != null ? rounds : quick ? 3 : 5;
    }

    private double seconds() {
        return seconds != null ? seconds : quick ? 0.4 : 1.5;
    }
}
