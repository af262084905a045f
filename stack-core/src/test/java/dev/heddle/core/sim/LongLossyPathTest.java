package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Loss;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A path that holds thousands of segments, of which hundreds are lost within one round trip. */
class LongLossyPathTest {

    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final IpAddress SERVER = IpAddress.parse("192.0.2.2");
    private static final int TOTAL = 60_000_000;

    private static Faults.Builder path() {
        return Faults.builder().delayNs(100 * MS).bitsPerSecond(400_000_000).queueBytes(20_000_000);
    }

    @Test
    @Requirement("RFC2018:4")
    void what_arrives_behind_hundreds_of_gaps_is_kept_and_only_what_was_lost_goes_again() {
        HostConfig config = HostConfig.builder()
                .memoryLimitBytes(128L << 20)
                .tcp(TcpConfig.builder()
                        .connection(ConnectionOptions.DEFAULTS
                                .with()
                                .sendBufferBytes(16 << 20)
                                .receiveBufferBytes(16 << 20)
                                .build())
                        .build())
                .build();
        try (Simulation simulation = new Simulation(1)) {
            Host sender = simulation.host(config);
            Host receiver = simulation.host(config);
            Simulation.Connection connection = simulation.connect(
                    sender,
                    List.of(IpPrefix.parse("192.0.2.1/24")),
                    receiver,
                    List.of(IpPrefix.parse("192.0.2.2/24")),
                    LinkCapabilities.plain(1500),
                    path().build(),
                    path().build());
            TcpEndpoint bound = receiver.tcpEndpoint();
            assertThat(bound.bind(SERVER, 80, false)).isEqualTo(Failure.NONE);
            TcpListener listener = bound.listen(1);
            TcpEndpoint from = sender.tcpEndpoint();
            assertThat(from.connect(SERVER, 80)).isEqualTo(Failure.NONE);
            simulation.run(SECOND);
            TcpEndpoint to = listener.tryAccept();
            assertThat(to).isNotNull();
            Transfer sending = new Transfer(simulation, from, TOTAL, 0, 0, 1, false);
            Transfer reading = new Transfer(simulation, to, 0, TOTAL, 1, 0, false);
            simulation.run(2 * SECOND);
            assertThat(from.info().unacknowledgedBytes()).isGreaterThan(4_000_000);

            connection
                    .link()
                    .transmitFaults(path().loss(Loss.everyDataPacket(4)).build());
            simulation.run(60 * MS);
            connection.link().transmitFaults(path().build());
            simulation.run(20 * SECOND);

            sending.check();
            reading.check();
            assertThat(reading.isEnded()).as(reading.progress()).isTrue();
            long losses = connection.link().transmitCounters().get(FaultCounter.LOST);
            long retransmissions = sender.counters().tcp().get(TcpCounter.TcpRetransSegs);
            assertThat(losses).isGreaterThan(400);
            assertThat(retransmissions).isBetween(losses, losses + losses / 20);
            assertThat(receiver.counters().tcp().get(TcpCounter.TcpExtTCPOFODrop))
                    .isZero();
            assertThat(sender.counters().tcp().get(TcpCounter.TcpExtTCPTimeouts))
                    .isZero();
            assertThat(receiver.bufferPool().usedBytes()).isZero();
        }
    }
}
