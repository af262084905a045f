package dev.heddle.net;

import dev.heddle.core.link.Link;
import java.net.InetAddress;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/** One host of a {@link SimulatedNetwork}, with a name, an address of each family and the sockets of a stack of its own. */
public final class SimulatedHost {

    private final String name;
    private final InetAddress address;
    private final InetAddress address6;
    private final Link link;
    private final NetworkStack stack;

    SimulatedHost(String name, InetAddress address, InetAddress address6, Link link, NetworkStack stack) {
        this.name = name;
        this.address = address;
        this.address6 = address6;
        this.link = link;
        this.stack = stack;
    }

    public String name() {
        return name;
    }

    /** Its IPv4 address, which carries the host's {@link #name}: {@code address().toString()} is {@code server/10.0.0.1}. */
    public InetAddress address() {
        return address;
    }

    /** Its IPv6 address. */
    public InetAddress address6() {
        return address6;
    }

    /** Makes sockets that connect from this host. */
    public SocketFactory socketFactory() {
        return stack.socketFactory();
    }

    /** Makes sockets that listen on this host. */
    public ServerSocketFactory serverSocketFactory() {
        return stack.serverSocketFactory();
    }

    /** Makes sockets that send and receive datagrams here. */
    public DatagramSocketFactory datagramSocketFactory() {
        return stack.datagramSocketFactory();
    }

    /** The stack, for its counters and connections. Closing it takes the host off the network. */
    public NetworkStack stack() {
        return stack;
    }

    Link link() {
        return link;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
