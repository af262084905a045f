package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.tcp.congestion.NewReno;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A congestion control that is not Heddle's own is chosen by name, for one connection. */
class ChosenCongestionControlTest {

    private static final String CAREFUL = "careful";

    @Test
    @Requirement("RFC9293:MAY-18")
    void connection_follows_the_algorithm_that_it_names_and_others_do_not() {
        CongestionControls controls = new CongestionControls();
        controls.register(
                CAREFUL, start -> new NewReno(CongestionControls.Start.of(2, start.mssBytes(), start.seed())));
        HostPair net =
                new HostPair(HostConfig.builder().congestionControls(controls).build());
        net.listen(80);
        TcpEndpoint careful = net.a.tcpEndpoint();
        careful.options(careful.options().with().congestionControl(CAREFUL).build());
        careful.connect(B4, 80);
        TcpEndpoint usual = net.connect(B4, 80);

        net.held = true;
        assertThat(segmentsInFlight(careful)).isEqualTo(2);
        assertThat(segmentsInFlight(usual)).isEqualTo(10);
        net.deliver();
        net.closeAndCheck();
    }

    private static long segmentsInFlight(TcpEndpoint endpoint) {
        endpoint.write(new byte[30_000], 0, 30_000);
        TcpInfo info = Objects.requireNonNull(endpoint.info());
        return info.unacknowledgedBytes() / info.sendMssBytes();
    }
}
