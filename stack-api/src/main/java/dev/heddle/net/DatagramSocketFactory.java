package dev.heddle.net;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the datagram sockets of one stack, in the ways of {@link DatagramSocket}'s constructors. {@code javax.net} has no such
 * factory. The sockets behave as the JDK's, but for what {@code docs/compatibility.md} lists: there is no multicast.
 */
public final class DatagramSocketFactory {

    private final OpenSockets sockets;

    DatagramSocketFactory(OpenSockets sockets) {
        this.sockets = sockets;
    }

    /**
     * A socket that is bound to a free port of all addresses, of both families.
     *
     * @throws SocketException if there is no free port, or the stack was closed
     */
    public DatagramSocket createDatagramSocket() throws SocketException {
        return createDatagramSocket(new InetSocketAddress(0));
    }

    /**
     * A socket that is bound to a port of all addresses, of both families.
     *
     * @param port 0 for a free one
     * @throws SocketException if it could not be bound
     * @throws IllegalArgumentException if the port is out of range
     */
    public DatagramSocket createDatagramSocket(int port) throws SocketException {
        return createDatagramSocket(port, null);
    }

    /**
     * A socket that is bound to a port of one of the stack's addresses.
     *
     * @param port 0 for a free one
     * @param address null for all
     * @throws SocketException if it could not be bound
     * @throws IllegalArgumentException if the port is out of range
     */
    public DatagramSocket createDatagramSocket(int port, @Nullable InetAddress address) throws SocketException {
        return createDatagramSocket(new InetSocketAddress(address, port));
    }

    /**
     * A socket that is bound to an address, or to none.
     *
     * @param address null for a socket that is not bound
     * @throws SocketException if it could not be bound
     * @throws IllegalArgumentException if the address is no {@link InetSocketAddress}
     */
    public DatagramSocket createDatagramSocket(@Nullable SocketAddress address) throws SocketException {
        DatagramSocket socket = new HeddleDatagramSocket(sockets.createForDatagrams());
        if (address == null) {
            return socket;
        }
        try {
            socket.bind(address);
            return socket;
        } catch (SocketException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
