package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpInfo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionObserverTest {

    private final List<String> told = new ArrayList<>();

    private final HostPair hosts = new HostPair(HostConfig.builder()
            .memoryLimitBytes(64 << 20)
            .observer(new ConnectionObserver() {
                @Override
                public void opened(SocketPair pair) {
                    told.add("opened to port " + pair.remotePort());
                    callTheHost();
                }

                @Override
                public void closed(SocketPair pair, TcpInfo last, Failure why) {
                    told.add("closed to port " + pair.remotePort() + " after " + last.receivedBytes() + " bytes, "
                            + why);
                    callTheHost();
                }
            })
            .build());

    /** With a lock held this would throw, since gates are not re-entrant. */
    private void callTheHost() {
        hosts.a.tcpEndpoint().close();
        connected.forEach(TcpEndpoint::info);
    }

    private final List<TcpEndpoint> connected = new ArrayList<>();

    @Test
    void both_ends_of_an_orderly_connection_are_told() {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        TcpEndpoint server = listener.tryAccept();
        connected.add(server);
        int port = client.localPort();
        assertThat(told).containsExactlyInAnyOrder("opened to port 80", "opened to port " + port);

        told.clear();
        assertThat(client.write(new byte[300], 0, 300)).isEqualTo(300);
        assertThat(server.read(new byte[300], 0, 300)).isEqualTo(300);
        client.close();
        assertThat(told).isEmpty();
        server.close();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "closed to port 80 after 0 bytes, NONE", "closed to port " + port + " after 300 bytes, NONE");
    }

    @Test
    void refused_connection_was_never_open() {
        connect();
        assertThat(told).containsExactly("closed to port 80 after 0 bytes, REFUSED");
    }

    @Test
    void reset_names_itself() {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        TcpEndpoint server = listener.tryAccept();
        told.clear();
        server.abort();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "closed to port 80 after 0 bytes, RESET",
                        "closed to port " + client.localPort() + " after 0 bytes, ABORTED");
    }

    private TcpListener listen() {
        TcpEndpoint bound = hosts.b.tcpEndpoint();
        assertThat(bound.bind(HostPair.B4, 80, false)).isEqualTo(Failure.NONE);
        return bound.listen(5);
    }

    private TcpEndpoint connect() {
        TcpEndpoint client = hosts.a.tcpEndpoint();
        connected.add(client);
        assertThat(client.connect(HostPair.B4, 80)).isEqualTo(Failure.NONE);
        return client;
    }
}
