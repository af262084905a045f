package dev.heddle.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time that was used up to now.
 *
 * @param machineSeconds by everything on the machine, interrupts included
 * @param processSeconds by this process, system calls included
 */
record CpuTime(double machineSeconds, double processSeconds) {

    /** {@code USER_HZ}, which is the same on all Linux machines that run Java. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int IDLE = 4;
    private static final int IOWAIT = 5;
    private static final int SOFTIRQ = 7;

    static CpuTime now() {
        return new CpuTime(machine(), process());
    }

    CpuTime since(CpuTime before) {
        return new CpuTime(machineSeconds - before.machineSeconds, processSeconds - before.processSeconds);
    }

    /** The columns of the first line: cpu user nice system idle iowait irq softirq …. */
    private static double machine() {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            String[] columns = lines.findFirst().orElse("").split(" +", -1);
            long ticks = 0;
            for (int i = 1; i <= SOFTIRQ; i++) {
                if (i != IDLE && i != IOWAIT) {
                    ticks += Long.parseLong(columns[i]);
                }
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double process() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }
}
