package dev.heddle.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;

/** Behind a socket that was made while no stack was the JVM's default: every use says so. */
final class MissingSocketImpl extends SocketImpl {

    @Override
    protected void create(boolean stream) throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected void connect(String host, int port) throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected void connect(InetAddress address, int port) throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected void connect(SocketAddress address, int timeout) throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected void accept(SocketImpl s) throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected InputStream getInputStream() throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected int available() throws IOException {
        throw DefaultStack.none();
    }

    @Override
    protected void close() {
        // There is nothing to close.
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw DefaultStack.none();
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
