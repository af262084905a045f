package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Packets are lost, overtake each other and come twice, each for itself: what Heddle and the kernel send each other arrives
 * whole, and nothing takes longer than retransmission timers explain.
 */
@RealLinux
final class LossyPathIT {

    private static final int MEBIBYTE = 1024 * 1024;
    private static final int SHORT_BYTES = 4 * MEBIBYTE;
    private static final int LONG_BYTES = 8 * MEBIBYTE;

    /** The least payload of a full packet of 1,500 bytes. */
    private static final int PAYLOAD_BYTES = 1428;

    /** One way; reordered packets come a round trip late. */
    private static final long DELAY_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Retransmissions where nothing is lost: probes and timeouts of a machine that has other things to do. */
    private static final long MOST_NEEDLESS = 5;

    enum Impairment {
        LOSS_1_PERCENT(0.01, 0, 0, FaultCounter.LOST),
        LOSS_5_PERCENT(0.05, 0, 0, FaultCounter.LOST),
        REORDERING(0, 0.03, 0, FaultCounter.REORDERED),
        DUPLICATION(0, 0, 0.05, FaultCounter.DUPLICATED),
        ALL(0.01, 0.02, 0.02, FaultCounter.LOST);

        private final double loss;
        private final double reordering;
        private final double duplication;
        private final FaultCounter evidence;

        Impairment(double loss, double reordering, double duplication, FaultCounter evidence) {
            this.loss = loss;
            this.reordering = reordering;
            this.duplication = duplication;
            this.evidence = evidence;
        }

        Faults faults() {
            return Faults.builder()
                    .loss(loss)
                    .reordering(reordering)
                    .reorderDelayNs(2 * DELAY_NS)
                    .duplication(duplication)
                    .delayNs(DELAY_NS)
                    .build();
        }
    }

    /** Whose packets it happens to. */
    enum Of {
        HEDDLE,
        KERNEL,
        BOTH
    }

    record Cell(Impairment impairment, Of of, Transfer transfer, Family family, Offloads offloads) {

        @Override
        public String toString() {
            return impairment + " of " + of + "'s packets, " + transfer + ", " + family + ", offloads " + offloads;
        }
    }

    /** Every impairment in each direction under data in each direction; the rest of what varies takes turns. */
    static Stream<Cell> cells() {
        return all().filter(cell -> cell.of != Of.BOTH
                && cell.transfer.ordinal() / 2 == (cell.impairment.ordinal() + cell.of.ordinal()) % 2
                && cell.family.ordinal() == (cell.of.ordinal() + cell.transfer.ordinal()) % 2
                && cell.offloads.ordinal() == (cell.impairment.ordinal() / 2 + cell.transfer.ordinal()) % 2);
    }

    /** Everything that varies with everything else, but only one way to open the TUN for each. */
    static Stream<Cell> every() {
        return all().filter(cell -> (cell.impairment.ordinal()
                                + cell.of.ordinal()
                                + cell.transfer.ordinal()
                                + cell.family.ordinal()
                                + cell.offloads.ordinal())
                        % 2
                == 0);
    }

    private static Stream<Cell> all() {
        return Stream.of(Impairment.values())
                .flatMap(impairment -> Stream.of(Of.values())
                        .flatMap(of -> Stream.of(Transfer.values())
                                .flatMap(transfer -> Stream.of(Family.values())
                                        .flatMap(family -> Stream.of(Offloads.values())
                                                .map(offloads ->
                                                        new Cell(impairment, of, transfer, family, offloads))))));
    }

    @TempDir
    private Path site;

    private FaultyLink wire;

    @ParameterizedTest
    @MethodSource("cells")
    void a_bad_path_delays_and_changes_nothing(Cell cell) throws IOException {
        carry(cell, SHORT_BYTES);
    }

    @ParameterizedTest
    @MethodSource("every")
    @Tag("slow")
    @Timeout(200)
    void no_bad_path_changes_anything_in_a_long_transfer(Cell cell) throws IOException {
        carry(cell, LONG_BYTES);
    }

    private void carry(Cell cell, long bytes) throws IOException {
        try (TwoHosts hosts =
                        TwoHosts.plan(cell.offloads).link(this::wire).connect().serve(site);
                KernelPeer peer = KernelPeer.start(hosts.namespace())) {
            Faults faults = cell.impairment.faults();
            Faults delay = Faults.builder().delayNs(DELAY_NS).build();
            wire.transmitFaults(cell.of == Of.KERNEL ? delay : faults);
            wire.receiveFaults(cell.of == Of.HEDDLE ? delay : faults);
            long startNs = System.nanoTime();
            try (StallWatch watch = cell.transfer.heddleSends()
                    ? StallWatch.ofHeddle(hosts)
                    : StallWatch.ofKernel(hosts.namespace(), cell.family.heddle())) {
                cell.transfer.run(hosts, peer, cell.family, bytes);
                report(cell, hosts, startNs, watch);
                watch.assertNoStall(StallWatch.mostTimeoutsInARow(failure(cell), bytes / PAYLOAD_BYTES));
            }
            if (cell.of != (cell.transfer.heddleSends() ? Of.KERNEL : Of.HEDDLE)) {
                // Acknowledgements may be too few for one to be met.
                var counters = cell.transfer.heddleSends() ? wire.transmitCounters() : wire.receiveCounters();
                assertThat(counters.get(cell.impairment.evidence)).isPositive();
            }
            assertThat(hosts.count("TcpExtTCPTimeouts"))
                    .as("timeouts of Heddle's")
                    .isLessThanOrEqualTo(
                            mostTimeouts(cell, wire.transmitCounters().get(FaultCounter.LOST)));
            if (cell.impairment == Impairment.DUPLICATION) {
                assertThat(hosts.count("TcpRetransSegs"))
                        .as("what comes twice is not taken for a loss")
                        .isLessThanOrEqualTo(MOST_NEEDLESS);
            }
            wire.faults(Faults.NONE); // what is left closes in peace
        }
    }

    private Link wire(Link tun) {
        wire = new FaultyLink(tun, Clock.system(), new SplittableRandom(7), Faults.NONE);
        return wire;
    }

    /** That a packet or its acknowledgement is lost. */
    private static double failure(Cell cell) {
        double loss = cell.impairment.loss;
        return cell.of == Of.BOTH ? 1 - (1 - loss) * (1 - loss) : loss;
    }

    /**
     * Losses are repaired by what acknowledgements tell; a timer is for those whose retransmission comes to nothing, too: on
     * average that share of all, and three deviations more. Three on top are the end of the transfer and the machine's.
     */
    private static long mostTimeouts(Cell cell, long lost) {
        double mean = lost * failure(cell);
        return Math.round(mean + 3 * Math.sqrt(mean)) + 3;
    }

    private static void report(Cell cell, TwoHosts hosts, long startNs, StallWatch watch) {
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f s, longest stall %.2f s, %d timeouts and %d retransmissions of Heddle's%n",
                cell,
                (System.nanoTime() - startNs) / 1e9,
                watch.longestSeconds(),
                hosts.count("TcpExtTCPTimeouts"),
                hosts.count("TcpRetransSegs"));
    }
}
