package dev.heddle.launch;

import dev.heddle.control.ControlSocket;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkProvider;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.net.NetworkStack;
import dev.heddle.net.NetworkStackBuilder;
import dev.heddle.net.StackResolverProvider;
import java.io.IOException;
import java.net.spi.InetAddressResolverProvider;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the stack of a program that an agent has put on Heddle, and makes it the JVM's default. */
public final class ProcessStack {

    /** A program that ends has written what it wanted to; peers that do not take it shall not hold its end up for long. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** The last of the JDK's places for hooks, which run one after the other; the application's are the second. */
    private static final int LAST_HOOK = 9;

    private static final Logger LOG = LoggerFactory.getLogger(ProcessStack.class);

    private ProcessStack() {}

    /** What leads the local host's name to the stack. */
    public static InetAddressResolverProvider resolvers() {
        return new StackResolverProvider();
    }

    /**
     * Starts the stack; it closes with the JVM.
     *
     * @param options as {@link LaunchOptions#parse} takes them
     * @throws IllegalArgumentException if an option is wrong
     * @throws IllegalStateException if there is nothing that opens such links, or the JVM has a socket factory already
     * @throws java.io.UncheckedIOException if the device cannot be opened
     */
    public static void start(String options) {
        // Before anything of the JVM's is replaced.
        ControlSocket control = openControl();
        NetworkStack stack = build(options);
        try {
            stack.installAsDefault();
        } catch (RuntimeException e) {
            stack.close(Duration.ZERO);
            throw e;
        }
        if (control != null) {
            control.serve(stack);
        }
        closeWithProcess(stack);
    }

    /**
     * Makes a stack as its options say, for a program that has its sockets by itself.
     *
     * @param options as {@link LaunchOptions#parse} takes them
     * @throws IllegalArgumentException if an option is wrong
     * @throws IllegalStateException if there is nothing that opens such links
     * @throws java.io.UncheckedIOException if the device cannot be opened
     */
    public static NetworkStack build(String options) {
        LaunchOptions launch = LaunchOptions.parse(options);
        Link link = launch.faults().on(open(launch));
        try {
            NetworkStackBuilder builder = NetworkStack.builder().link(link);
            launch.addresses().forEach(address -> builder.address(address.toString()));
            launch.gateways().forEach(builder::defaultGateway);
            launch.names().to(builder);
            return builder.build();
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /** The socket by which {@code bin/heddle ss} looks in; null if there is none. Its file goes with the JVM. */
    public static @Nullable ControlSocket openControl() {
        try {
            return ControlSocket.open();
        } catch (IOException | RuntimeException e) {
            LOG.warn("\"heddle ss\" will not find this process: {}", e.getMessage());
            return null;
        }
    }

    /**
     * Closes the stack behind the program's own shutdown hooks, which may have something to say to its peers. The JVM runs
     * hooks in no order; the place behind them is the JDK's own, and the agent has opened the way to it.
     */
    private static void closeWithProcess(NetworkStack stack) {
        try {
            Object access = Class.forName("jdk.internal.access.SharedSecrets")
                    .getMethod("getJavaLangAccess")
                    .invoke(null);
            Runnable close = () -> stack.closeWithProcess(CLOSE_TIMEOUT);
            Class.forName("jdk.internal.access.JavaLangAccess")
                    .getMethod("registerShutdownHook", int.class, boolean.class, Runnable.class)
                    .invoke(access, LAST_HOOK, false, close);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("the network ends with the program's shutdown hooks, not after them: {}", e.toString());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stack.close(CLOSE_TIMEOUT), "heddle-stop"));
        }
    }

    private static Link open(LaunchOptions launch) {
        // The program's own class path has none of Heddle's services.
        for (LinkProvider provider : ServiceLoader.load(LinkProvider.class, ProcessStack.class.getClassLoader())) {
            if (provider.kind().equals("tun")) {
                return provider.open(launch.tun(), properties(launch));
            }
        }
        throw new IllegalStateException("nothing here opens TUN interfaces: heddle's stack-tun is missing");
    }

    private static Map<String, String> properties(LaunchOptions launch) {
        Map<String, String> properties = new HashMap<>();
        properties.put("offload", String.valueOf(launch.offload()));
        if (launch.attach()) {
            properties.put("attach", "true");
        } else {
            // The kernel's side of each network.
            List<IpPrefix> kernel = launch.addresses().stream()
                    .map(own -> new IpPrefix(own.otherHost(), own.length()))
                    .toList();
            properties.put("address", kernel.stream().map(IpPrefix::toString).collect(Collectors.joining(",")));
        }
        return properties;
    }
}
