package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** UDP endpoints of two hosts, a the client's and b the server's, and what tests do with them. */
final class UdpPair {

    static final int PORT = 5000;

    final HostPair hosts = new HostPair();

    /** Whose the datagram was that {@link #received} has returned. */
    final DatagramSource source = new DatagramSource();

    static UdpEndpoint bound(Host host, IpAddress address, int port) {
        UdpEndpoint endpoint = host.udpEndpoint();
        assertThat(endpoint.bind(address, port, false)).isEqualTo(Failure.NONE);
        return endpoint;
    }

    UdpEndpoint server() {
        return bound(hosts.b, IpAddress.ANY_V6, PORT);
    }

    UdpEndpoint connected(IpAddress remote, int port) {
        UdpEndpoint endpoint = hosts.a.udpEndpoint();
        assertThat(endpoint.connect(remote, port)).isEqualTo(Failure.NONE);
        return endpoint;
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static void send(UdpEndpoint from, byte[] payload, IpAddress to, int port) {
        assertThat(from.send(payload, 0, payload.length, to, port)).isEqualTo(Failure.NONE);
    }

    static void send(UdpEndpoint from, String text, IpAddress to, int port) {
        send(from, text.getBytes(StandardCharsets.US_ASCII), to, port);
    }

    /** The next datagram's bytes; null if none waits. */
    byte @Nullable [] received(UdpEndpoint at) {
        byte[] buffer = new byte[70_000];
        int length = at.receive(buffer, 0, buffer.length, source);
        assertThat(length).isNotEqualTo(UdpEndpoint.FAILED);
        return length == UdpEndpoint.NOTHING ? null : Arrays.copyOf(buffer, length);
    }

    String receivedText(UdpEndpoint at) {
        byte[] bytes = received(at);
        return bytes == null ? "nothing" : new String(bytes, StandardCharsets.US_ASCII);
    }

    static long count(Host host, UdpCounter counter) {
        return host.counters().udp().get(counter);
    }
}
