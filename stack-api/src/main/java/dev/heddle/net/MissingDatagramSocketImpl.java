package dev.heddle.net;

import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;

/** Behind a datagram socket that was made while no stack was the JVM's default: it cannot be made, and says why. */
final class MissingDatagramSocketImpl extends DatagramSocketImpl {

    @Override
    protected void create() throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void bind(int port, InetAddress address) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void send(DatagramPacket packet) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected int peek(InetAddress address) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected int peekData(DatagramPacket packet) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void receive(DatagramPacket packet) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    @Deprecated
    protected void setTTL(byte hops) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    @Deprecated
    protected byte getTTL() throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void setTimeToLive(int hops) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected int getTimeToLive() throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void join(InetAddress group) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void leave(InetAddress group) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface on) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface on) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    protected void close() {
        // There is nothing to close.
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        throw DefaultStack.none();
    }

    @Override
    public Object getOption(int option) throws SocketException {
        throw DefaultStack.none();
    }
}
