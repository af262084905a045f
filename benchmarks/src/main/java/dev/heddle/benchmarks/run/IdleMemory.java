package dev.heddle.benchmarks.run;

import java.io.IOException;
import java.util.Map;

/**
 * What an idle connection costs in the server's process, its blocked virtual thread included: the growth over many.
 *
 * @param heapBytes live objects
 * @param nativeBytes native memory, buffer pools included
 * @param poolBytes how much of that is chunks in use
 */
record IdleMemory(int connections, double heapBytes, double nativeBytes, double poolBytes) {

    /** From when on a connection counts as idle. */
    private static final long IDLE_MS = 10_000;

    private static final int LOOKS = 1_200;
    private static final long LOOK_MS = 50;

    double totalBytes() {
        return heapBytes + nativeBytes;
    }

    /**
     * Measures; the first connections only warm the program up. The heap is compared with that after the connections have
     * gone, when nothing is loaded any more that they did not bring; native memory with that before, because a pool keeps
     * what it has.
     */
    static IdleMemory measure(Arena.Session session, int connections) throws IOException, InterruptedException {
        session.generator().ask("idle " + connections / 5);
        session.generator().ask("release");
        Map<String, Double> before = withoutConnections(session);
        session.generator().ask("idle " + connections);
        Thread.sleep(IDLE_MS);
        Map<String, Double> open = session.server().ask("memory");
        if (open.get("connections") != connections) {
            throw new IOException(session.subject().label + ": of " + connections + " connections "
                    + open.get("connections") + " are open");
        }
        session.generator().ask("release");
        Map<String, Double> after = withoutConnections(session);
        return new IdleMemory(
                connections,
                growth(after, open, "heap", connections),
                growth(before, open, "resident", connections),
                growth(before, open, "pool", connections));
    }

    private static Map<String, Double> withoutConnections(Arena.Session session)
            throws IOException, InterruptedException {
        Map<String, Double> memory = session.server().ask("memory");
        for (int i = 0; i < LOOKS && memory.get("connections") > 0; i++) {
            Thread.sleep(LOOK_MS);
            memory = session.server().ask("memory");
        }
        return memory;
    }

    private static double growth(Map<String, Double> before, Map<String, Double> after, String name, int count) {
        return (after.get(name) - before.get(name)) / count;
    }
}
