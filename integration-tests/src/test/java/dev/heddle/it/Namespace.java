package dev.heddle.it;

import static org.awaitility.Awaitility.await;

import dev.heddle.it.peer.KernelServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace with nothing but its loopback interface, as {@code ip netns} makes it; removed by closing. */
final class Namespace implements AutoCloseable {

    /** Enough for the programs that hold many connections. */
    private static final int OPEN_FILES = 20_000;

    private static final Duration LISTENER_START = Duration.ofSeconds(20);

    private static final String PREFIX = "heddle-it-";

    private static final AtomicInteger COUNT = new AtomicInteger();

    static {
        removeOrphans();
    }

    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    static Namespace create() {
        String name = PREFIX + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        Command.of("ip", "netns", "add", name).runOrFail();
        Namespace namespace = new Namespace(name);
        namespace.ip("link", "set", "lo", "up");
        // Whatever this machine's default is: a BBR that once saw losses paces a busy TUN down to kilobits.
        // Reno is the one that every namespace may choose.
        namespace.sysctl("net.ipv4.tcp_congestion_control", "reno");
        return namespace;
    }

    /** Removes what test runs left that were killed: their process is in the name. */
    private static void removeOrphans() {
        for (String name : names()) {
            if (name.startsWith(PREFIX)) {
                long pid = Long.parseLong(name.substring(PREFIX.length()).split("-", 2)[0]);
                if (ProcessHandle.of(pid).isEmpty()) {
                    Command.of("ip", "netns", "delete", name).runOrFail();
                }
            }
        }
    }

    String name() {
        return name;
    }

    /** Runs {@code ip} in the namespace and returns its output. */
    String ip(String... arguments) {
        return Command.of(arguments).after("ip", "-n", name).runOrFail();
    }

    /** Gives an interface an address, which can be used at once. */
    void address(Family family, String addressWithPrefix, String interfaceName) {
        List<String> words = new ArrayList<>(List.of("address", "add", addressWithPrefix, "dev", interfaceName));
        if (family == Family.IPV6) {
            words.add("nodad");
        }
        ip(words.toArray(String[]::new));
    }

    /** Sets a parameter of the namespace's kernel. */
    void sysctl(String key, String value) {
        command("sysctl", "-q", "-w", key + "=" + value).runOrFail();
    }

    /** Changes the namespace's packet filter. */
    void nft(String command) {
        command("nft", command).runOrFail();
    }

    /** What the namespace's kernel counted since the beginning, by a name of {@code nstat}. */
    long count(String counter) {
        return command("nstat", "-asz", counter)
                .runOrFail()
                .lines()
                .filter(line -> line.startsWith(counter + " "))
                .mapToLong(line -> Long.parseLong(line.trim().split(" +", 3)[1]))
                .findAny()
                .orElseThrow(() -> new AssertionError("no counter " + counter));
    }

    /**
     * Waits until a program of the namespace has bound a port.
     *
     * @param kind {@code -t} or {@code -u}
     */
    void awaitListener(String kind, int port) {
        await().atMost(LISTENER_START)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !command("ss", "-Hln", kind, "sport", "=", ":" + port)
                        .runOrFail()
                        .isBlank());
    }

    /** A command that will run in the namespace. */
    Command command(String... words) {
        return inside(Command.of(words));
    }

    Command command(List<String> words) {
        return inside(Command.of(words));
    }

    private Command inside(Command command) {
        return command.after("ip", "netns", "exec", name);
    }

    /** A program of {@code dev.heddle.it.peer} in a JVM of its own, whose sockets are the kernel's. */
    Command java(Class<?> program, String... arguments) {
        List<String> words = new ArrayList<>(List.of("prlimit", "--nofile=" + OPEN_FILES + ":" + OPEN_FILES));
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        words.addAll(List.of("-cp", classes(), program.getName()));
        words.addAll(List.of(arguments));
        return command(words);
    }

    private static String classes() {
        return Path.of(java.net.URI.create(KernelServer.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }

    /** The interfaces in the namespace beside the loopback. */
    List<String> interfaces() {
        return interfaces(ip("-o", "link", "show"));
    }

    /** The interfaces of the namespace that the tests run in. */
    static List<String> ownInterfaces() {
        return interfaces(Command.of("ip", "-o", "link", "show").runOrFail());
    }

    /** The names of all namespaces. */
    static List<String> names() {
        return Command.of("ip", "netns", "list")
                .runOrFail()
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    private static List<String> interfaces(String oneLineEach) {
        return oneLineEach
                .lines()
                .map(line -> line.split(": ", 3)[1].split("@", 2)[0])
                .filter(interfaceName -> !interfaceName.equals("lo"))
                .toList();
    }

    @Override
    public void close() {
        Command.of("ip", "netns", "delete", name).runOrFail();
    }
}
