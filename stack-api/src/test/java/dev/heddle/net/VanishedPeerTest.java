package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What sockets say of peers that are out of reach: what Linux says, where the kernel's loopback never does. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VanishedPeerTest {

    /** As on Linux the first call is told, and then the stream has ended. */
    @Test
    void a_connection_that_times_out_says_so_once() throws Exception {
        try (SimulatedNetwork network = SimulatedNetwork.builder().build()) {
            SimulatedHost here = network.host("here");
            SimulatedHost there = network.host("there");
            try (ServerSocket listener = there.serverSocketFactory().createServerSocket(80);
                    Socket client = here.socketFactory().createSocket(there.address(), 80);
                    Socket server = listener.accept()) {
                client.setOption(HeddleSocketOptions.TCP_USER_TIMEOUT, 300);
                InputStream in = client.getInputStream();
                OutputStream out = client.getOutputStream();
                network.partition(here, there);
                BlockedCall read = BlockedCall.start(in::read);
                out.write(1);
                assertThat(read.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Connection timed out");
                assertThat(in.read()).isEqualTo(-1);
                assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
                assertThat(server.isConnected()).isTrue();
            }
        }
    }

    @Test
    void a_host_that_a_router_cannot_reach_is_no_peer() throws Exception {
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "router", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .hostConfig(HostConfig.builder()
                                .tcp(TcpConfig.builder()
                                        .softErrorsEndAttempts(true)
                                        .build())
                                .build())
                        .build();
                Socket socket = stack.socketFactory().createSocket()) {
            BlockedCall connect = BlockedCall.start(() -> {
                socket.connect(new InetSocketAddress("192.0.2.2", 80));
                return null;
            });
            sayUnreachable(cable.b());
            assertThat(connect.failure())
                    .isExactlyInstanceOf(NoRouteToHostException.class)
                    .hasMessage("No route to host");
            assertThat(socket.isClosed()).isTrue();
        }
    }

    /** Answers the first packet by ICMP: host unreachable (RFC 792). */
    private static void sayUnreachable(MemoryLink router) throws IOException {
        Packet syn = new Packet(2048);
        while (!router.receive(syn)) {
            router.awaitWork(System.nanoTime() + 100_000_000);
        }
        int quoted = 28;
        int length = 28 + quoted;
        Packet answer = new Packet(2048);
        int start = answer.offset();
        answer.head(start, length);
        ByteBuffer b = answer.buffer().duplicate().position(start);
        b.putShort((short) 0x4500).putShort((short) length).putInt(0);
        b.put((byte) 64).put((byte) 1).putShort((short) 0);
        b.put(new byte[] {(byte) 192, 0, 2, (byte) 254}).put(new byte[] {(byte) 192, 0, 2, 1});
        b.put((byte) 3).put((byte) 1).putShort((short) 0).putInt(0);
        syn.copyTo(0, quoted, answer.buffer(), start + 28);
        ByteBuffer packet = answer.buffer();
        packet.putShort(start + 10, (short) Checksum.finish(Checksum.add(packet, start, 20, 0)));
        packet.putShort(start + 22, (short) Checksum.finish(Checksum.add(packet, start + 20, 8 + quoted, 0)));
        assertThat(router.transmit(answer)).isTrue();
    }
}
