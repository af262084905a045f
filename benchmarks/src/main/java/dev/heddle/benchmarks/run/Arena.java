package dev.heddle.benchmarks.run;

import dev.heddle.benchmarks.load.LoadCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The namespaces of one subject: the load generator's, and the server's at the other end of a veth or TUN interface. */
final class Arena {

    static final String SERVER = "192.0.2.2";
    static final int PREFIX_LENGTH = 24;

    private static final String GENERATOR = "192.0.2.1";

    /** One collector for all, because the JVM chooses by the number of cores that it sees. */
    static final List<String> SPEED_FLAGS = List.of("-Xms256m", "-Xmx1g", "-XX:+UseSerialGC");

    /**
     * The heap is touched as a whole, so that growth of the resident set is native memory's; and a full collection leaves
     * nothing dead in place, which could be 5 % of the heap and would count as the connections'.
     */
    static final List<String> MEMORY_FLAGS =
            List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:MarkSweepDeadRatio=0", "-XX:+AlwaysPreTouch");

    private static final List<String> GENERATOR_FLAGS = List.of("-Xmx256m", "-XX:+UseSerialGC");

    private final Subject subject;
    private final Resources resources;
    private final Namespace ofGenerator;
    private final Namespace ofServer;
    private final String congestionControl;

    Arena(Subject subject, Resources resources) throws IOException {
        this.subject = subject;
        this.resources = resources;
        ofGenerator = resources.add(Namespace.create());
        congestionControl = ofGenerator.chooseCongestionControl();
        if (subject.overTun) {
            // The TUN's other end is in the server's process: the generator finds the interface in its own namespace.
            ofServer = ofGenerator;
            return;
        }
        ofServer = resources.add(Namespace.create());
        ofServer.chooseCongestionControl();
        Namespace.run(
                "ip",
                "link",
                "add",
                "name",
                "veth0",
                "netns",
                ofGenerator.name(),
                "type",
                "veth",
                "peer",
                "name",
                "veth0",
                "netns",
                ofServer.name());
        up(ofGenerator, GENERATOR);
        up(ofServer, SERVER);
    }

    private static void up(Namespace namespace, String address) throws IOException {
        namespace.run(List.of("ip", "address", "add", address + "/" + PREFIX_LENGTH, "dev", "veth0"));
        namespace.run(List.of("ip", "link", "set", "veth0", "up"));
    }

    Subject subject() {
        return subject;
    }

    /** The kernel's congestion control in this run. */
    String congestionControl() {
        return congestionControl;
    }

    /**
     * Starts server and generator.
     *
     * @param oneCore whether both get the first core alone
     */
    Session start(boolean oneCore, List<String> serverFlags) throws IOException {
        Child server = resources.add(Child.start(
                subject.label, ofServer.inside(java(oneCore, serverFlags, subject.program, subject.arguments()))));
        Child generator = resources.add(Child.start(
                "the generator for " + subject.label,
                ofGenerator.inside(java(oneCore, GENERATOR_FLAGS, LoadCommand.class, List.of(SERVER)))));
        return new Session(subject, server, generator);
    }

    private static List<String> java(boolean oneCore, List<String> flags, Class<?> program, List<String> arguments) {
        List<String> words = new ArrayList<>(oneCore ? List.of("taskset", "-c", "0") : List.of());
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("--enable-native-access=ALL-UNNAMED");
        words.addAll(flags);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        words.addAll(arguments);
        return words;
    }

    /** A server and its generator. */
    record Session(Subject subject, Child server, Child generator) implements AutoCloseable {
        @Override
        public void close() {
            generator.close();
            server.close();
        }
    }
}
