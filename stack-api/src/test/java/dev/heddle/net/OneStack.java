package dev.heddle.net;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** One stack that reaches itself by its loopback interface, as the JDK's sockets do by the kernel's. */
final class OneStack implements Network {

    private final MemoryLink.Pair cable =
            MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
    private final NetworkStack stack = NetworkStack.builder()
            .link(cable.a())
            .address("192.0.2.1/24")
            .address("2001:db8::1/64")
            .build();

    NetworkStack stack() {
        return stack;
    }

    @Override
    public SocketFactory clients() {
        return stack.socketFactory();
    }

    @Override
    public ServerSocketFactory servers() {
        return stack.serverSocketFactory();
    }

    @Override
    public SocketFactory serverSideClients() {
        return clients();
    }

    @Override
    public InetAddress serverAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public DatagramSocket clientDatagrams(@Nullable SocketAddress local) throws SocketException {
        return stack.datagramSocketFactory().createDatagramSocket(local);
    }

    @Override
    public DatagramSocket serverDatagrams(@Nullable SocketAddress local) throws SocketException {
        return clientDatagrams(local);
    }

    @Override
    public boolean isHeddles() {
        return true;
    }

    @Override
    public void close() {
        stack.close(Duration.ZERO);
        cable.close();
    }
}
