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

    private static final int LOOKS = 200;
    private static final long LOOK_MS = 50;

    double totalBytes() {
        return heapBytes + nativeBytes;
    }

    /** Measures; the first connections only warm the program up. */
    static IdleMemory measure(Arena.Session session, int connections) throws IOException, InterruptedException {
        session.generator().ask("idle " + connections / 5);
        session.generator().ask("release");
        Map<String, Double> before = session.server().ask("memory");
        for (int i = 0; i < LOOKS && before.get("connections") > 0; i++) {
            Thread.sleep(LOOK_MS);
            before = session.server().ask("memory");
        }
        session.generator().ask("idle " + connections);
        Map<String, Double> after = session.server().ask("memory");
        if (after.get("connections") != connections) {
            throw new IOException(session.subject().label + ": of " + connections + " connections "
                    + after.get("connections") + " are open");
        }
        session.generator().ask("release");
        return new IdleMemory(
                connections,
                growth(before, after, "heap", connections),
                growth(before, after, "resident", connections),
                growth(before, after, "pool", connections));
    }

    private static double growth(Map<String, Double> before, Map<String, Double> after, String name, int count) {
        return (after.get(name) - before.get(name)) / count;
    }
}
