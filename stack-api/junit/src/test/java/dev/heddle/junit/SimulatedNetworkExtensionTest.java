package dev.heddle.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.suppressed;

import dev.heddle.core.link.Faults;
import dev.heddle.net.SimulatedHost;
import dev.heddle.net.SimulatedNetwork;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The extension as it is used, and what it says of tests that fail. */
@ExtendWith(SimulatedNetworkExtension.class)
class SimulatedNetworkExtensionTest {

    /** Tests that are run by the tests: not found by whoever looks for {@code *Test}. */
    static class FailingExample {

        static final Path CAPTURES = createDirectory();

        @RegisterExtension
        static final SimulatedNetworkExtension NETWORK = SimulatedNetworkExtension.with(network -> network.seed(4711)
                        .faults(Faults.builder().delayNs(1_000_000).build()))
                .captureFailures(CAPTURES);

        private static Path createDirectory() {
            try {
                return Files.createTempDirectory("heddle-captures");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void connect(SimulatedNetwork network) throws IOException {
            SimulatedHost server = network.host("server");
            try (ServerSocket listener = server.serverSocketFactory().createServerSocket(1);
                    Socket socket = network.host("client").socketFactory().createSocket(server.address(), 1);
                    Socket accepted = listener.accept()) {
                assertThat(accepted.getRemoteSocketAddress()).isEqualTo(socket.getLocalSocketAddress());
            }
        }

        @Test
        void fails(SimulatedNetwork network) throws IOException {
            connect(network);
            throw new IllegalStateException("as it should");
        }

        @Test
        void passes(SimulatedNetwork network) throws IOException {
            connect(network);
        }
    }

    /** Tests whose method names do not tell them apart, or make no file names. */
    static class LikeNamedExample {

        static final Path CAPTURES = FailingExample.createDirectory();

        @RegisterExtension
        static final SimulatedNetworkExtension NETWORK = new SimulatedNetworkExtension().captureFailures(CAPTURES);

        @Test
        void overloaded(SimulatedNetwork network) {
            fail(network);
        }

        @Test
        void overloaded(SimulatedNetwork network, TestInfo info) {
            fail(network, info.getDisplayName());
        }

        @ParameterizedTest(name = "repeated {1}")
        @CsvSource({"1, alike", "2, alike"})
        void repeated(int number, String word, SimulatedNetwork network) {
            fail(network, word, number);
        }

        static List<String> words() {
            return List.of("word ".repeat(100));
        }

        @ParameterizedTest
        @MethodSource("words")
        void wordy(String words, SimulatedNetwork network) {
            fail(network, words);
        }

        @Test
        void assumes(SimulatedNetwork network) {
            network.host("alone");
            assumeTrue(network.hosts().isEmpty());
        }

        private static void fail(SimulatedNetwork network, Object... parameters) {
            network.host("alone");
            throw new IllegalStateException(List.of(parameters).toString());
        }
    }

    private static SimulatedNetwork ofEarlierTest;

    private SimulatedNetwork ofBeforeEach;

    @BeforeEach
    void prepare(SimulatedNetwork network) {
        ofBeforeEach = network;
    }

    @Test
    void the_network_of_a_test_is_that_of_the_methods_around_it(SimulatedNetwork network) throws IOException {
        assertThat(network).isSameAs(ofBeforeEach).isNotSameAs(ofEarlierTest);
        ofEarlierTest = network;
        FailingExample.connect(network);
    }

    @Test
    void another_test_has_another_network(SimulatedNetwork network) {
        assertThat(network).isSameAs(ofBeforeEach).isNotSameAs(ofEarlierTest);
        ofEarlierTest = network;
    }

    @AfterAll
    static void a_network_ends_with_its_test() {
        try {
            ofEarlierTest.host("late");
            throw new AssertionError("the network is still open");
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessageContaining("closed");
        }
    }

    @Test
    void a_failure_names_its_seed_and_keeps_its_packets() throws IOException {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(FailingExample.class))
                .execute()
                .testEvents();
        tests.assertStatistics(statistics -> statistics.succeeded(1).failed(1));
        tests.assertThatEvents()
                .haveExactly(
                        1,
                        finishedWithFailure(
                                instanceOf(IllegalStateException.class),
                                suppressed(
                                        0,
                                        new Condition<>(
                                                t -> t.getMessage().contains("-Dheddle.seed=4711 repeats it")
                                                        && t.getMessage().contains(FailingExample.CAPTURES.toString()),
                                                "names seed and captures"))));
        Path directory = FailingExample.CAPTURES.resolve(FailingExample.class.getName());
        assertThat(directory.resolve("fails").resolve("client.pcapng")).isNotEmptyFile();
        assertThat(directory.resolve("fails").resolve("server.pcapng")).isNotEmptyFile();
        assertThat(directory.resolve("passes")).doesNotExist();
        for (String left : List.of("fails/client.pcapng", "fails/server.pcapng", "fails", "")) {
            Files.delete(directory.resolve(left));
        }
        Files.delete(FailingExample.CAPTURES);
    }

    @Test
    void each_failure_keeps_its_packets_whatever_it_is_called() throws IOException {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(LikeNamedExample.class))
                .execute()
                .testEvents();
        tests.assertStatistics(statistics -> statistics.failed(5).aborted(1));
        tests.failed()
                .assertThatEvents()
                .allMatch(event -> event.getRequiredPayload(TestExecutionResult.class)
                                .getThrowable()
                                .orElseThrow()
                        instanceof IllegalStateException);
        List<Path> all;
        try (Stream<Path> walk = Files.walk(LikeNamedExample.CAPTURES)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        assertThat(all).filteredOn(path -> path.endsWith("alone.pcapng")).hasSize(5);
        assertThat(all).noneMatch(path -> path.toString().contains("assumes"));
        for (Path path : all) {
            Files.delete(path);
        }
    }

    @Test
    void a_seed_from_the_command_line_wins_over_chance() {
        System.setProperty(SimulatedNetworkExtension.SEED_PROPERTY, "99");
        try {
            Events tests = EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(SeedExample.class))
                    .execute()
                    .testEvents();
            tests.assertStatistics(statistics -> statistics.succeeded(1));
        } finally {
            System.clearProperty(SimulatedNetworkExtension.SEED_PROPERTY);
        }
    }

    @Test
    void a_seed_that_is_none_fails_the_test_and_says_so() {
        System.setProperty(SimulatedNetworkExtension.SEED_PROPERTY, "1e6");
        try {
            Events tests = EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(SeedExample.class))
                    .execute()
                    .testEvents();
            tests.assertThatEvents()
                    .haveExactly(
                            1, finishedWithFailure(message("-Dheddle.seed=1e6: a seed is a whole number of 64 bits")));
        } finally {
            System.clearProperty(SimulatedNetworkExtension.SEED_PROPERTY);
        }
    }

    @ExtendWith(SimulatedNetworkExtension.class)
    static class SeedExample {

        @Test
        void has_the_seed_of_the_property(SimulatedNetwork network) {
            assertThat(network.seed()).isEqualTo(99);
        }
    }
}
