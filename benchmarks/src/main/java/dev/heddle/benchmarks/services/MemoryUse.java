package dev.heddle.benchmarks.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this JVM's memory is after a full collection. With a heap that is touched as a whole at the start
 * ({@code -Xms} as {@code -Xmx}, {@code -XX:+AlwaysPreTouch}) the growth of the resident set is that of native memory.
 *
 * @param heapBytes live objects
 * @param residentBytes the resident set
 */
record MemoryUse(long heapBytes, long residentBytes) {

    private static final int COLLECTIONS = 3;

    static MemoryUse afterCollection() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return new MemoryUse(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), residentSet());
    }

    private static long residentSet() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
