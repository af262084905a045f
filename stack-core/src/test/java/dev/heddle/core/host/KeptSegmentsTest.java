package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpState;
import org.junit.jupiter.api.Test;

/** Nobody sends a reset twice: one that a full link refuses must go out when there is room. */
class KeptSegmentsTest {

    private final HostPair hosts = new HostPair();

    @Test
    void reset_that_found_a_full_link_goes_out_when_there_is_room() {
        TcpListener listener = hosts.listen(80);
        TcpEndpoint client = hosts.connect(HostPair.B4, 80);
        TcpEndpoint server = listener.tryAccept();

        hosts.full = true;
        client.abort();
        assertThat(server.state()).isEqualTo(TcpState.ESTABLISHED);

        hosts.full = false;
        hosts.a.linkReady(hosts.interfaceA);
        assertThat(server.failure()).isEqualTo(Failure.RESET);
        server.close();
        listener.close();
        hosts.closeAndCheck();
    }

    @Test
    void syn_ack_that_found_a_full_link_does_not_wait_for_its_timer() {
        hosts.listen(80);
        hosts.held = true;
        TcpEndpoint client = hosts.connect(HostPair.B4, 80);
        hosts.full = true;
        hosts.deliver();
        hosts.full = false;
        hosts.held = false;
        hosts.b.linkReady(hosts.interfaceB);
        assertThat(client.readiness().isAny(Readiness.CONNECTED)).isTrue();
    }

    @Test
    void more_than_a_few_are_dropped_and_none_is_left_behind() {
        hosts.listen(80, 1000);
        TcpEndpoint[] clients = new TcpEndpoint[400];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = hosts.connect(HostPair.B4, 80);
        }
        hosts.full = true;
        for (TcpEndpoint client : clients) {
            client.abort();
        }
        hosts.full = false;
        int before = hosts.packets;
        hosts.a.linkReady(hosts.interfaceA);
        assertThat(hosts.packets - before).isEqualTo(256);
        hosts.full = true;
        hosts.b.close();
        hosts.a.close();
        assertThat(hosts.a.bufferPool().usedBytes()).isZero();
        assertThat(hosts.b.bufferPool().usedBytes()).isZero();
    }
}
