package dev.heddle.net;

import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;

/**
 * What {@link java.net.DatagramSocket}'s constructor wants to have, so that it opens none of the kernel's sockets. Nobody ever
 * calls it, because {@link HeddleDatagramSocket} overrides every method that would.
 */
final class UnusedDatagramSocketImpl extends DatagramSocketImpl {

    private static IllegalStateException unused() {
        return new IllegalStateException("a datagram socket of a stack does everything itself");
    }

    @Override
    protected void create() {
        throw unused();
    }

    @Override
    protected void bind(int port, InetAddress address) {
        throw unused();
    }

    @Override
    protected void send(DatagramPacket packet) {
        throw unused();
    }

    @Override
    protected int peek(InetAddress address) {
        throw unused();
    }

    @Override
    protected int peekData(DatagramPacket packet) {
        throw unused();
    }

    @Override
    protected void receive(DatagramPacket packet) {
        throw unused();
    }

    @Override
    @Deprecated
    protected void setTTL(byte hops) {
        throw unused();
    }

    @Override
    @Deprecated
    protected byte getTTL() {
        throw unused();
    }

    @Override
    protected void setTimeToLive(int hops) {
        throw unused();
    }

    @Override
    protected int getTimeToLive() {
        throw unused();
    }

    @Override
    protected void join(InetAddress group) {
        throw unused();
    }

    @Override
    protected void leave(InetAddress group) {
        throw unused();
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface on) {
        throw unused();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface on) {
        throw unused();
    }

    @Override
    protected void close() {
        throw unused();
    }

    @Override
    public void setOption(int option, Object value) {
        throw unused();
    }

    @Override
    public Object getOption(int option) {
        throw unused();
    }
}
