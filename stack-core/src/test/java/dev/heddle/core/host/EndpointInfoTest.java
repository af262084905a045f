package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.MILLISECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.SendLimit;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a host says of its endpoints, in whatever state they are. */
class EndpointInfoTest {

    private final HostPair net = new HostPair();

    private static TcpInfo only(Host host, TcpState state) {
        return host.endpoints().stream()
                .filter(endpoint -> endpoint.state() == state)
                .map(endpoint -> Objects.requireNonNull(endpoint.info()))
                .reduce((a, b) -> {
                    throw new AssertionError("more than one in " + state);
                })
                .orElseThrow(() -> new AssertionError("none in " + state + ": " + host.endpoints()));
    }

    @Test
    void every_state_from_the_first_syn_to_time_wait_has_figures() {
        TcpListener listener = net.listen(80);
        net.lost = packet -> true;
        TcpEndpoint early = net.connect(B4, 80);
        assertThat(only(net.a, TcpState.SYN_SENT).limit()).isEqualTo(SendLimit.NOTHING);
        early.abort();

        // The SYN arrives; what answers it does not.
        net.held = true;
        net.lost = packet -> false;
        TcpEndpoint client = net.connect(B4, 80);
        net.lost = packet -> true;
        net.deliver();
        TcpInfo halfOpen = only(net.b, TcpState.SYN_RECEIVED);
        assertThat(halfOpen.state()).isEqualTo(TcpState.SYN_RECEIVED);
        assertThat(halfOpen.timestamps()).isTrue();
        assertThat(halfOpen.negotiated().sendShift()).isEqualTo(7);
        assertThat(halfOpen.pathMtu()).isEqualTo(1500);
        net.held = false;
        net.lost = packet -> false;
        net.advance(3_000 * MILLISECOND);

        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        assertThat(only(net.b, TcpState.ESTABLISHED).sack()).isTrue();
        client.close();
        server.close();
        TcpInfo timeWait = only(net.a, TcpState.TIME_WAIT);
        assertThat(timeWait.state()).isEqualTo(TcpState.TIME_WAIT);
        assertThat(timeWait.timestamps()).isTrue();
        net.closeAndCheck();
    }
}
