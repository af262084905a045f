package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Fabric;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.Loss;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several hosts on one network under virtual time. */
class FabricSimulationTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final int HOSTS = 5;

    private static IpAddress address(int number) {
        return IpAddress.parse("10.0.0." + number);
    }

    /** Every host sends to every other, both ways, over bad paths; returns what happened as text. */
    private static String everybodyTalks(long seed) {
        try (Simulation simulation = new Simulation(seed)) {
            Fabric fabric = simulation.fabric(1500);
            fabric.defaultFaults(Faults.builder()
                    .delayNs(20 * MILLISECOND)
                    .jitterNs(3 * MILLISECOND)
                    .bitsPerSecond(50_000_000)
                    .loss(Loss.bursts(0.005, 0.3, 0, 1))
                    .build());
            List<Transfer> transfers = new ArrayList<>();
            List<Host> hosts = new ArrayList<>();
            for (int i = 1; i <= HOSTS; i++) {
                Host host = simulation.host(HostConfig.DEFAULTS);
                simulation.join(fabric, "h" + i, host, List.of(new IpPrefix(address(i), 24)));
                TcpEndpoint bound = host.tcpEndpoint();
                assertThat(bound.bind(address(i), 80, false)).isEqualTo(Failure.NONE);
                TcpListener listener = bound.listen(16);
                listener.readiness().subscribe(() -> {
                    for (TcpEndpoint e = listener.tryAccept(); e != null; e = listener.tryAccept()) {
                        transfers.add(new Transfer(simulation, e, 30_000, 60_000, 1, 2, false));
                    }
                });
                hosts.add(host);
            }
            for (int from = 0; from < HOSTS; from++) {
                for (int to = 1; to <= HOSTS; to++) {
                    if (to != from + 1) {
                        TcpEndpoint endpoint = hosts.get(from).tcpEndpoint();
                        assertThat(endpoint.connect(address(to), 80)).isEqualTo(Failure.NONE);
                        transfers.add(new Transfer(simulation, endpoint, 60_000, 30_000, 2, 1, false));
                    }
                }
            }
            simulation.run(600 * SECOND);
            transfers.forEach(Transfer::check);
            assertThat(transfers).hasSize(2 * HOSTS * (HOSTS - 1)).allMatch(Transfer::isEnded);
            return hosts.stream().map(host -> host.counters().tcp().snapshot()).toList() + " " + fabric.usedBytes();
        }
    }

    @Test
    void every_host_reaches_every_other_and_a_seed_repeats_the_run() {
        assertThat(everybodyTalks(3)).isEqualTo(everybodyTalks(3)).isNotEqualTo(everybodyTalks(4));
    }

    @Test
    void a_partition_parts_two_hosts_and_no_others_and_heals() {
        try (Simulation simulation = new Simulation(1)) {
            Fabric fabric = simulation.fabric(1500);
            fabric.defaultFaults(Faults.builder().delayNs(MILLISECOND).build());
            Host a = simulation.host(HostConfig.DEFAULTS);
            Host b = simulation.host(HostConfig.DEFAULTS);
            Host c = simulation.host(HostConfig.DEFAULTS);
            Link linkA = fabric.join("a", List.of(address(1)));
            Link linkB = fabric.join("b", List.of(address(2)));
            Link linkC = fabric.join("c", List.of(address(3)));
            simulation.attach(a, List.of(new IpPrefix(address(1), 24)), linkA);
            simulation.attach(b, List.of(new IpPrefix(address(2), 24)), linkB);
            simulation.attach(c, List.of(new IpPrefix(address(3), 24)), linkC);
            TcpEndpoint bound = b.tcpEndpoint();
            assertThat(bound.bind(address(2), 80, false)).isEqualTo(Failure.NONE);
            TcpListener listener = bound.listen(16);
            List<Transfer> accepted = new ArrayList<>();
            listener.readiness().subscribe(() -> {
                for (TcpEndpoint e = listener.tryAccept(); e != null; e = listener.tryAccept()) {
                    accepted.add(new Transfer(simulation, e, 1000, 1000, 1, 2, false));
                }
            });
            fabric.path(linkA, linkB).cut();
            fabric.path(linkB, linkA).cut();
            Transfer parted = transfer(simulation, a);
            Transfer others = transfer(simulation, c);
            simulation.run(2 * SECOND);
            assertThat(others.isEnded()).isTrue();
            assertThat(parted.isEnded()).isFalse();
            fabric.path(linkA, linkB).mend();
            fabric.path(linkB, linkA).mend();
            simulation.run(3 * SECOND);
            assertThat(parted.isEnded()).isTrue();
            assertThat(accepted).hasSize(2).allMatch(Transfer::isEnded);
            parted.check();
            others.check();
        }
    }

    private static Transfer transfer(Simulation simulation, Host from) {
        TcpEndpoint endpoint = from.tcpEndpoint();
        assertThat(endpoint.connect(address(2), 80)).isEqualTo(Failure.NONE);
        return new Transfer(simulation, endpoint, 1000, 1000, 2, 1, false);
    }
}
