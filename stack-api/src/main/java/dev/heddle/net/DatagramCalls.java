package dev.heddle.net;

import dev.heddle.core.host.DatagramSource;
import dev.heddle.core.host.UdpEndpoint;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The blocking calls of a datagram socket, each made of the engine's non-blocking one and waiting in between. The caller holds
 * the lock of the call's side.
 */
final class DatagramCalls {

    private final DatagramHandle handle;
    private final UdpEndpoint endpoint;

    /* With the input side's lock. */

    /** Where the last datagram came from. */
    private final DatagramSource source = new DatagramSource();

    /** The sender before, made once for many datagrams in a row. */
    private @Nullable InetSocketAddress lastSender;

    private IpAddress lastSenderAddress = IpAddress.ANY_V6;

    DatagramCalls(DatagramHandle handle) {
        this.handle = handle;
        endpoint = handle.endpoint();
    }

    /** Whether the socket has an address of IPv4 alone. */
    private boolean isIpv4() {
        IpAddress local = endpoint.localAddress();
        return local != null && local.isIpv4();
    }

    /** The wildcard address means this host itself, and as the JDK's sockets are of IPv6, IPv6's way to it if there is one. */
    private IpAddress peer(InetAddress address) throws SocketException {
        if (address.isAnyLocalAddress()) {
            return isIpv4() ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6;
        }
        return ofOwnFamily(IpAddress.of(address));
    }

    /** As {@link #peer}, but for a datagram Linux tells the two families' wildcards apart. */
    private IpAddress target(InetAddress address) throws SocketException {
        return address.isAnyLocalAddress() && address instanceof Inet4Address ? IpAddress.LOOPBACK_V4 : peer(address);
    }

    private IpAddress ofOwnFamily(IpAddress remote) throws SocketException {
        if (isIpv4() && !remote.isIpv4()) {
            throw new SocketException("Address family not supported by protocol");
        }
        return remote;
    }

    /** Binds; with both sides' locks. As the JDK's, a wildcard socket serves both families, whichever family's was named. */
    void bind(InetAddress address, int port, boolean reuseAddress) throws SocketException {
        IpAddress requested = address.isAnyLocalAddress() ? IpAddress.ANY_V6 : IpAddress.of(address);
        Failure failure = endpoint.bind(requested, port, reuseAddress);
        if (failure != Failure.NONE) {
            handle.ensureNotClosed();
            throw SocketFailures.onBind(failure);
        }
    }

    /**
     * Connects; with both sides' locks.
     *
     * @return whether it is connected now; not if the socket was closed
     */
    boolean connect(InetAddress address, int port) throws SocketException {
        if (address.isMulticastAddress()) {
            throw DatagramFailures.noMulticast();
        }
        Failure failure = endpoint.connect(peer(address), port);
        if (failure == Failure.NONE) {
            return true;
        }
        if (handle.isClosed()) {
            return false;
        }
        throw DatagramFailures.onConnect(failure);
    }

    /**
     * Sends a packet, waiting for room in the link.
     *
     * @param peer whom the socket is connected to, or null
     * @param reuseAddress of a socket that is not bound, and is then bound to a free port
     */
    void send(DatagramPacket packet, @Nullable InetSocketAddress peer, boolean reuseAddress) throws IOException {
        handle.ensureOpen();
        if (packet.getAddress() == null) {
            if (peer == null) {
                throw new IllegalArgumentException("Address not set");
            }
            packet.setAddress(peer.getAddress());
            packet.setPort(peer.getPort());
        } else if (peer != null && !peer.equals(packet.getSocketAddress())) {
            throw new IllegalArgumentException("Connected and packet address differ");
        }
        if (packet.getPort() == 0) {
            ensureBound(reuseAddress);
            throw new SocketException("Can't send to port 0");
        }
        if (packet.getAddress().isMulticastAddress()) {
            throw DatagramFailures.noMulticast();
        }
        IpAddress target = peer != null ? null : target(packet.getAddress());
        while (true) {
            Failure failure =
                    endpoint.send(packet.getData(), packet.getOffset(), packet.getLength(), target, packet.getPort());
            if (failure == Failure.NONE) {
                return;
            }
            handle.ensureOpen();
            if (failure != Failure.NO_ROOM) {
                throw DatagramFailures.onSend(failure, peer != null);
            }
            handle.output.await(handle, DatagramHandle.SEND_INTEREST, BlockingSide.NEVER);
        }
    }

    /**
     * Waits for a datagram. One that is there wins over an expired time and an interruption.
     *
     * @param reuseAddress of a socket that is not bound, and is then bound to a free port
     */
    void receive(DatagramPacket packet, boolean reuseAddress, long deadlineNs) throws IOException {
        handle.ensureOpen();
        ensureBound(reuseAddress);
        while (true) {
            int capacity = handle.receivedPackets().capacity(packet);
            int bytes = endpoint.receive(packet.getData(), packet.getOffset(), capacity, source);
            if (bytes >= 0) {
                handle.receivedPackets().received(packet, bytes, capacity);
                packet.setSocketAddress(sender());
                return;
            }
            handle.ensureOpen();
            Failure failure = bytes == UdpEndpoint.FAILED ? endpoint.takeFailure() : Failure.NONE;
            if (failure != Failure.NONE) {
                throw DatagramFailures.onReceive(failure);
            }
            if (BlockingSide.remaining(deadlineNs) <= 0) {
                throw new SocketTimeoutException("Receive timed out");
            }
            handle.input.await(handle, DatagramHandle.RECEIVE_INTEREST, deadlineNs);
        }
    }

    private void ensureBound(boolean reuseAddress) throws SocketException {
        if (endpoint.localPort() == 0) {
            Failure failure = endpoint.bind(IpAddress.ANY_V6, 0, reuseAddress);
            // Somebody who sends may have bound it meanwhile.
            if (failure != Failure.NONE && endpoint.localPort() == 0) {
                handle.ensureOpen();
                throw SocketFailures.onBind(failure);
            }
        }
    }

    private InetSocketAddress sender() {
        InetSocketAddress known = lastSender;
        if (known == null || !source.isFrom(lastSenderAddress, known.getPort())) {
            lastSenderAddress = source.address();
            known = lastSender = new InetSocketAddress(lastSenderAddress.toInetAddress(), source.port());
        }
        return known;
    }
}
