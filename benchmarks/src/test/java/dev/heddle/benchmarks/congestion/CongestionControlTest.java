package dev.heddle.benchmarks.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.benchmarks.congestion.Cell.Validity;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bin/congestion-report} asks for, on some of its paths; {@code slow} on more. */
class CongestionControlTest {

    private static final long MEGABIT = 1_000_000;

    private static void expectTheory(String algorithm, long megabits, long roundTripMs, double lossRate) {
        Cell cell = new Cell(algorithm, megabits * MEGABIT, roundTripMs * Bottleneck.MS, lossRate);
        assertThat(cell.validity()).isEqualTo(Validity.APPLIES);
        assertThat(cell.measure(cell.periodicLoss()).bitsPerSecond())
                .isCloseTo(cell.theoreticalBitsPerSecond(), Percentage.withPercentage(100 * ReportCommand.TOLERANCE));
    }

    @ParameterizedTest
    @CsvSource({
        "newreno, 10, 50, 0.01", "newreno, 100, 50, 0.001", "newreno, 1000, 200, 0.01",
        "cubic, 100, 10, 0.01", "cubic, 100, 100, 0.001", "cubic, 1000, 200, 0.001",
    })
    void one_flow_is_as_fast_as_the_response_function_says(
            String algorithm, long megabits, long roundTripMs, double lossRate) {
        expectTheory(algorithm, megabits, roundTripMs, lossRate);
    }

    static Stream<Arguments> wherever_the_formula_applies() {
        return ReportCommand.ALGORITHMS.stream()
                .flatMap(algorithm -> Stream.of(10L, 50L, 100L, 200L)
                        .flatMap(roundTripMs -> Stream.of(0.0001, 0.001, 0.01)
                                .map(lossRate -> Arguments.of(algorithm, roundTripMs, lossRate))));
    }

    @ParameterizedTest
    @MethodSource
    @Tag("slow")
    void wherever_the_formula_applies(String algorithm, long roundTripMs, double lossRate) {
        expectTheory(algorithm, 1000, roundTripMs, lossRate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cubic", "newreno"})
    void a_path_with_a_queue_of_one_product_is_full_ten_round_trips_after_slow_start(String algorithm) {
        FullPath full = FullPath.measure(algorithm, 100 * MEGABIT, 100 * Bottleneck.MS);
        assertThat(full.slowStartNs()).isLessThan(5 * Bottleneck.SECOND);
        assertThat(full.used()).isBetween(ReportCommand.LEAST_USED, 1.001);
    }

    @ParameterizedTest
    @CsvSource({"cubic, 3", "newreno, 3"})
    void equal_flows_have_equal_shares(String algorithm, int flows) {
        Fairness fairness = Fairness.measure(algorithm, flows, 10 * MEGABIT, 40 * Bottleneck.MS);
        assertThat(fairness.jain()).isBetween(ReportCommand.LEAST_JAIN, 1.0);
        assertThat(fairness.used()).isGreaterThan(0.9);
    }

    static List<Arguments> many_equal_flows_have_equal_shares() {
        return ReportCommand.ALGORITHMS.stream()
                .flatMap(algorithm -> Stream.of(2, 4, 8, 16).map(flows -> Arguments.of(algorithm, flows)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource
    @Tag("slow")
    void many_equal_flows_have_equal_shares(String algorithm, int flows) {
        Fairness fairness = Fairness.measure(algorithm, flows, 50 * MEGABIT, 40 * Bottleneck.MS);
        assertThat(fairness.jain()).isBetween(ReportCommand.LEAST_JAIN, 1.0);
    }
}
