package dev.heddle.benchmarks.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A service that serves one connection to its end. */
public enum Service {
    /** Sends back what it receives (RFC 862). */
    ECHO(7) {
        @Override
        void serve(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] buffer = new byte[FIRST_BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                buffer = grown(buffer, count);
            }
        }
    },

    /** Throws away what it receives (RFC 863). */
    DISCARD(9) {
        @Override
        void serve(Socket socket) throws IOException {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[FIRST_BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                buffer = grown(buffer, count);
            }
        }
    },

    /** Sends lines of characters until the peer has had enough (RFC 864). */
    CHARGEN(19) {
        @Override
        void serve(Socket socket) throws IOException {
            OutputStream out = socket.getOutputStream();
            byte[] characters = CharacterLines.period();
            while (true) {
                out.write(characters);
            }
        }
    };

    /** An idle connection costs little, one that is busy soon has a large buffer. */
    private static final int FIRST_BUFFER_BYTES = 128;

    private static final int MAX_BUFFER_BYTES = 128 * 1024;

    private final int port;

    Service(int port) {
        this.port = port;
    }

    /** The port that RFC 862, 863 or 864 gives the service. */
    public int port() {
        return port;
    }

    /** Serves until the peer ends its stream, or goes away, which is an {@link IOException}. */
    abstract void serve(Socket socket) throws IOException;

    private static byte[] grown(byte[] buffer, int filled) {
        return filled < buffer.length || filled == MAX_BUFFER_BYTES
                ? buffer
                : new byte[Math.min(8 * filled, MAX_BUFFER_BYTES)];
    }
}
