package dev.heddle.net;

import java.io.IOException;
import java.io.OutputStream;

/** The bytes that a socket sends. {@link java.net.Socket} puts its own stream around it. */
final class SocketOutput extends OutputStream {

    private final HeddleSocketImpl socket;

    SocketOutput(HeddleSocketImpl socket) {
        this.socket = socket;
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        socket.write(source, offset, length);
    }

    @Override
    public void close() {
        socket.close();
    }
}
