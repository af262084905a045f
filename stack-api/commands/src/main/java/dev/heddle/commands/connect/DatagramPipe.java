package dev.heddle.commands.connect;

import dev.heddle.commands.OpenStack;
import dev.heddle.commands.Refusal;
import dev.heddle.net.DatagramSocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Copies between two streams and datagrams: what one read of the input brings is a datagram. */
final class DatagramPipe {

    /** What fits into most paths in one packet; a longer line goes in several. */
    private static final int PIECE_BYTES = 1_400;

    private static final int LONGEST_BYTES = 65_535;

    private final InputStream in;
    private final OutputStream out;
    private final int quietMillis;

    /* Written by who reads the input. */
    private volatile boolean inputEnded;
    private volatile @Nullable IOException sendFailure;

    DatagramPipe(InputStream in, OutputStream out, Duration quiet) {
        this.in = in;
        this.out = out;
        quietMillis = (int) Math.max(1, quiet.toMillis());
    }

    /**
     * Copies until the input has ended and nothing has come for some time.
     *
     * @throws Refusal if there is no way to the server, or nobody at the port
     * @throws IOException if the streams here fail
     */
    void run(DatagramSocketFactory sockets, InetSocketAddress server) throws IOException {
        try (DatagramSocket socket = sockets.createDatagramSocket()) {
            connect(socket, server);
            socket.setSoTimeout(quietMillis);
            Thread.ofPlatform().daemon().name("input").start(() -> send(socket));
            receive(socket, server);
        }
    }

    private static void connect(DatagramSocket socket, InetSocketAddress server) {
        try {
            socket.connect(server);
        } catch (IOException e) {
            if ("Network is unreachable".equals(e.getMessage())) {
                throw OpenStack.noWay(server.getAddress());
            }
            throw Refusal.failed("cannot send to " + StreamPipe.text(server) + ": " + e.getMessage());
        }
    }

    private void send(DatagramSocket socket) {
        byte[] buffer = new byte[PIECE_BYTES];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                socket.send(new DatagramPacket(buffer, count));
            }
        } catch (IOException e) {
            // Of the two threads ICMP's answer is told to one.
            sendFailure = e;
        } finally {
            inputEnded = true;
        }
    }

    private void receive(DatagramSocket socket, InetSocketAddress server) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[LONGEST_BYTES], LONGEST_BYTES);
        while (true) {
            boolean ended = inputEnded;
            packet.setLength(LONGEST_BYTES);
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException e) {
                if (sendFailure != null) {
                    throw failed(server, sendFailure);
                }
                if (ended) {
                    return;
                }
                continue;
            } catch (IOException e) {
                throw failed(server, e);
            }
            out.write(packet.getData(), 0, packet.getLength());
        }
    }

    private static Refusal failed(InetSocketAddress server, IOException e) {
        return Refusal.failed(
                e instanceof PortUnreachableException
                        ? "nobody is at " + StreamPipe.text(server) + ": Connection refused"
                        : "cannot send to " + StreamPipe.text(server) + ": " + e.getMessage());
    }
}
