package dev.heddle.junit;

import dev.heddle.core.link.Faults;
import dev.heddle.net.SimulatedNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * Gives each test a {@link SimulatedNetwork} of its own, as a parameter of the test or of a method that runs before or after it. If
 * the test fails, the failure names the seed of the network, and with
 * {@code -Dheddle.seed=SEED} the next run draws the same faults.
 *
 * <pre>{@code
 * @ExtendWith(SimulatedNetworkExtension.class)
 * class ClientTest {
 *     @Test
 *     void retries_when_the_server_is_away(SimulatedNetwork network) throws IOException { … }
 * }
 * }</pre>
 *
 * <p>With {@code @RegisterExtension static final SimulatedNetworkExtension NETWORK =
 * SimulatedNetworkExtension.with(network -> network.mtu(9000)).captureFailures(Path.of("target/captures"))} the networks are
 * made to measure, and what the hosts of a failed test sent and received can be looked at with Wireshark.
 */
public final class SimulatedNetworkExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    /** The system property that repeats the seed of a failed run. */
    public static final String SEED_PROPERTY = "heddle.seed";

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SimulatedNetworkExtension.class);

    /** Of a directory: file systems take 255 bytes. */
    private static final int LONGEST_NAME = 120;

    private final UnaryOperator<SimulatedNetwork.Builder> plan;
    private final @Nullable Path captures;

    /** What a test has of its own, from before it to after it. */
    private record Running(
            SimulatedNetwork network, @Nullable Path captures) {}

    /** Perfect networks, until the test makes them worse. */
    public SimulatedNetworkExtension() {
        this(builder -> builder, null);
    }

    private SimulatedNetworkExtension(UnaryOperator<SimulatedNetwork.Builder> plan, @Nullable Path captures) {
        this.plan = plan;
        this.captures = captures;
    }

    /** Networks that start with these faults on all paths. */
    public static SimulatedNetworkExtension with(Faults faults) {
        return with(builder -> builder.faults(faults));
    }

    /** Networks that are made to measure. A seed that the plan sets holds for every test. */
    public static SimulatedNetworkExtension with(UnaryOperator<SimulatedNetwork.Builder> plan) {
        return new SimulatedNetworkExtension(Objects.requireNonNull(plan), null);
    }

    /**
     * The same, and the packets of tests that fail are kept, as {@code DIRECTORY/CLASS/TEST/HOST.pcapng}. Where a method's name does not say
     * which test it was, as with parameterized tests, TEST has its display name and a number besides.
     *
     * @param directory is made when it is needed
     */
    public SimulatedNetworkExtension captureFailures(Path directory) {
        return new SimulatedNetworkExtension(plan, Objects.requireNonNull(directory));
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        SimulatedNetwork.Builder builder = SimulatedNetwork.builder();
        String seed = System.getProperty(SEED_PROPERTY);
        if (seed != null) {
            builder.seed(parsed(seed));
        }
        Path directory = captures == null ? null : captureDirectory(captures, context);
        if (directory != null) {
            Files.createDirectories(directory);
            builder.captures(directory);
        }
        store(context).put(Running.class, new Running(plan.apply(builder).build(), directory));
    }

    private static long parsed(String seed) {
        try {
            return Long.decode(seed);
        } catch (NumberFormatException e) {
            throw new ExtensionConfigurationException(
                    "-D" + SEED_PROPERTY + "=" + seed + ": a seed is a whole number of 64 bits", e);
        }
    }

    private static Path captureDirectory(Path captures, ExtensionContext context) {
        return captures.resolve(context.getRequiredTestClass().getName()).resolve(nameOf(context));
    }

    /** The method's name, as far as it says which test of the class it is. */
    private static String nameOf(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        boolean said = context.getDisplayName().startsWith(method.getName() + "(");
        String wanted = said ? method.getName() : method.getName() + "-" + context.getDisplayName();
        String name = wanted.replaceAll("[^A-Za-z0-9._=-]+", "_");
        boolean alone = name.equals(method.getName())
                && name.length() <= LONGEST_NAME
                && !context.getUniqueId().contains("-invocation:")
                && !isOverloaded(method, context.getRequiredTestClass());
        // One test's success would take the packets of another's failure away.
        return alone
                ? name
                : name.substring(0, Math.min(name.length(), LONGEST_NAME)) + "-"
                        + Integer.toHexString(context.getUniqueId().hashCode());
    }

    private static boolean isOverloaded(Method method, Class<?> testClass) {
        for (Class<?> type = testClass; type != null; type = type.getSuperclass()) {
            for (Method other : type.getDeclaredMethods()) {
                if (other.getName().equals(method.getName())
                        && !Arrays.equals(other.getParameterTypes(), method.getParameterTypes())) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Running running = store(context).remove(Running.class, Running.class);
        if (running == null) {
            return;
        }
        Throwable failure = context.getExecutionException()
                // An assumption that does not hold is no failure.
                .filter(thrown -> !(thrown instanceof TestAbortedException))
                .orElse(null);
        try {
            // Captures are whole only when the links are closed.
            running.network.close();
        } catch (RuntimeException e) {
            if (failure == null) {
                throw e;
            }
            // What the test itself has found comes first.
            failure.addSuppressed(e);
        }
        if (failure != null) {
            String seed = Long.toString(running.network.seed());
            context.publishReportEntry(SEED_PROPERTY, seed);
            String where = running.captures == null ? "" : "; its packets are in " + running.captures;
            failure.addSuppressed(new FailedOnSimulatedNetwork("the simulated network's seed was " + seed + ": -D"
                    + SEED_PROPERTY + "=" + seed + " repeats it" + where));
        } else if (running.captures != null) {
            delete(running.captures);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(directory)) {
            paths = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SimulatedNetwork.class;
    }

    @Override
    public SimulatedNetwork resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Running running = store(context).get(Running.class, Running.class);
        if (running == null) {
            throw new IllegalStateException(
                    "there is a simulated network for each test, not for constructors or methods that run once for a class");
        }
        return running.network;
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    /** A note that travels with a test's failure; no failure of its own, so it has no stack trace. */
    private static final class FailedOnSimulatedNetwork extends RuntimeException {

        private static final long serialVersionUID = 1;

        FailedOnSimulatedNetwork(String message) {
            super(message, null, false, false);
        }
    }
}
