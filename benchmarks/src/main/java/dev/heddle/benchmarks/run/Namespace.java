package dev.heddle.benchmarks.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace of this run; closing removes it with the interfaces in it. */
final class Namespace implements AutoCloseable {

    private static final String PREFIX = "heddle-bench-";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    /** Makes a namespace that is tuned for many short connections. */
    static Namespace create() throws IOException {
        String name = PREFIX + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        run("ip", "netns", "add", name);
        Namespace namespace = new Namespace(name);
        namespace.run(List.of("ip", "link", "set", "lo", "up"));
        // The ports of connections that have just ended can be used again, so that a run does not run out of them.
        namespace.set("net.ipv4.ip_local_port_range=1024 65535");
        namespace.set("net.ipv4.tcp_tw_reuse=1");
        namespace.set("net.ipv4.tcp_max_tw_buckets=4096");
        namespace.set("net.core.somaxconn=4096");
        return namespace;
    }

    /** Removes what runs left that were killed: their process is in the name. */
    static void removeOrphans() throws IOException {
        for (String line : run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ", 2)[0];
            if (name.startsWith(PREFIX)) {
                long pid = Long.parseLong(name.substring(PREFIX.length()).split("-", 2)[0]);
                if (ProcessHandle.of(pid).isEmpty()) {
                    run("ip", "netns", "delete", name);
                }
            }
        }
    }

    String name() {
        return name;
    }

    /**
     * Chooses the kernel's congestion control: CUBIC, or Reno, which every namespace may choose, where that is refused. A
     * default such as BBR would pace itself down.
     *
     * @return the chosen one's name
     */
    String chooseCongestionControl() throws IOException {
        try {
            set("net.ipv4.tcp_congestion_control=cubic");
            return "cubic";
        } catch (IOException e) {
            set("net.ipv4.tcp_congestion_control=reno");
            return "reno";
        }
    }

    private void set(String setting) throws IOException {
        run(List.of("sysctl", "-q", "-w", setting));
    }

    /** A command in this namespace. */
    List<String> inside(List<String> words) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(words);
        return all;
    }

    String run(List<String> words) throws IOException {
        return run(inside(words).toArray(String[]::new));
    }

    /** Runs a command that must succeed, and returns its output. */
    static String run(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", words) + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return output;
    }

    @Override
    public void close() {
        try {
            run("ip", "netns", "delete", name);
        } catch (IOException e) {
            System.err.println("bench: " + e.getMessage());
        }
    }
}
