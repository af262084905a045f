package dev.heddle.net;

import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.function.Supplier;

/** Behind a datagram socket that is not to be: every call is refused. */
final class RefusingDatagramSocketImpl extends DatagramSocketImpl {

    private final Supplier<SocketException> refusal;

    private RefusingDatagramSocketImpl(Supplier<SocketException> refusal) {
        this.refusal = refusal;
    }

    /** Of a socket that was made while no stack was the JVM's default: it cannot be made, and says why. */
    static RefusingDatagramSocketImpl missing() {
        return new RefusingDatagramSocketImpl(DefaultStack::none);
    }

    /**
     * What {@link java.net.DatagramSocket}'s constructor wants to have, so that it opens none of the kernel's sockets. Nobody
     * ever calls it, because {@link HeddleDatagramSocket} overrides every method that would.
     */
    static RefusingDatagramSocketImpl unused() {
        return new RefusingDatagramSocketImpl(() -> {
            throw new IllegalStateException("a datagram socket of a stack does everything itself");
        });
    }

    @Override
    protected void create() throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void bind(int port, InetAddress address) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void send(DatagramPacket packet) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected int peek(InetAddress address) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected int peekData(DatagramPacket packet) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void receive(DatagramPacket packet) throws SocketException {
        throw refusal.get();
    }

    @Override
    @Deprecated
    protected void setTTL(byte hops) throws SocketException {
        throw refusal.get();
    }

    @Override
    @Deprecated
    protected byte getTTL() throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void setTimeToLive(int hops) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected int getTimeToLive() throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void join(InetAddress group) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void leave(InetAddress group) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface on) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface on) throws SocketException {
        throw refusal.get();
    }

    @Override
    protected void close() {
        // There is nothing to close.
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        throw refusal.get();
    }

    @Override
    public Object getOption(int option) throws SocketException {
        throw refusal.get();
    }
}
