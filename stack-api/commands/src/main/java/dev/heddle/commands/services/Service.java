package dev.heddle.commands.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A service: what it does with a connection, and what it answers to a datagram. */
enum Service {
    /** Sends back what it receives (RFC 862). */
    ECHO(7) {
        @Override
        void serve(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            socket.getInputStream().transferTo(socket.getOutputStream());
        }

        @Override
        byte[] answer(byte[] request) {
            return request;
        }
    },

    /** Throws away what it receives (RFC 863). */
    DISCARD(9) {
        @Override
        void serve(Socket socket) throws IOException {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            while (in.read(buffer) >= 0) {
                // That was all to do with it.
            }
        }

        @Override
        byte @Nullable [] answer(byte[] request) {
            return null;
        }
    },

    /** Sends lines of characters until the peer has had enough (RFC 864). */
    CHARGEN(19) {
        @Override
        void serve(Socket socket) throws IOException {
            OutputStream out = socket.getOutputStream();
            byte[] characters = CharacterLines.from(0, CharacterLines.PERIOD_BYTES);
            while (true) {
                out.write(characters);
            }
        }

        // At most 512 characters, and no more than came: a forged request gains nothing by it.
        @Override
        byte[] answer(byte[] request) {
            return Arrays.copyOf(DATAGRAM, Math.min(request.length, DATAGRAM.length));
        }
    };

    private static final int BUFFER_BYTES = 16 << 10;

    private static final byte[] DATAGRAM = CharacterLines.from(0, 512);

    private final int port;

    Service(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    /** Serves until the peer ends its stream, or goes away, which is an {@link IOException}. */
    abstract void serve(Socket socket) throws IOException;

    /** What is sent back for a datagram; null for nothing. */
    abstract byte @Nullable [] answer(byte[] request);
}
