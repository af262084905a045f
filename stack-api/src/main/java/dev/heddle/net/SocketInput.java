package dev.heddle.net;

import java.io.IOException;
import java.io.InputStream;

/** The bytes that a socket receives. {@link java.net.Socket} puts its own stream around it. */
final class SocketInput extends InputStream {

    private final HeddleSocketImpl socket;

    SocketInput(HeddleSocketImpl socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        byte[] single = new byte[1];
        return read(single, 0, 1) > 0 ? single[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return socket.read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
        return socket.available();
    }

    @Override
    public void close() {
        socket.close();
    }
}
