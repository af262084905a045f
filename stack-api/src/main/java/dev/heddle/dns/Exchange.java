package dev.heddle.dns;

import heddle.dnsjava.Flags;
import heddle.dnsjava.Header;
import heddle.dnsjava.Message;
import heddle.dnsjava.Opcode;
import heddle.dnsjava.Record;
import heddle.dnsjava.io.IoClientFactory;
import heddle.dnsjava.io.TcpIoClient;
import heddle.dnsjava.io.UdpIoClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One question to one server and its answer, by UDP, and if that was cut short, by TCP. All of it happens on the calling
 * thread, before the future is returned, and ends at the deadline. What is not an answer to this question is not heard
 * (RFC 5452 9.1): whoever does not see the question has to guess the port and the identifier.
 */
final class Exchange implements IoClientFactory, UdpIoClient, TcpIoClient {

    private static final int LENGTH_BYTES = 2;

    private final Sockets sockets;
    private final long deadlineNs;

    Exchange(Sockets sockets, long deadlineNs) {
        this.sockets = sockets;
        this.deadlineNs = deadlineNs;
    }

    @Override
    public UdpIoClient createOrGetUdpClient() {
        return this;
    }

    @Override
    public TcpIoClient createOrGetTcpClient() {
        return this;
    }

    @Override
    public CompletableFuture<byte[]> sendAndReceiveUdp(
            @Nullable InetSocketAddress local,
            InetSocketAddress server,
            Message query,
            byte[] data,
            int most,
            Duration timeout) {
        return now(() -> byUdp(server, query, data, most));
    }

    @Override
    public CompletableFuture<byte[]> sendAndReceiveTcp(
            @Nullable InetSocketAddress local, InetSocketAddress server, Message query, byte[] data, Duration timeout) {
        return now(() -> byTcp(server, query, data));
    }

    private static CompletableFuture<byte[]> now(Callable<byte[]> call) {
        try {
            return CompletableFuture.completedFuture(call.call());
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private byte[] byUdp(InetSocketAddress server, Message query, byte[] data, int most) throws IOException {
        try (DatagramSocket socket = sockets.datagrams()) {
            // Only this server's answers are heard then, and that nobody listens there.
            socket.connect(server);
            socket.send(new DatagramPacket(data, data.length));
            // One more than may come, so that what is longer is seen to be.
            byte[] buffer = new byte[most + 1];
            while (true) {
                socket.setSoTimeout(remainingMillis());
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = Arrays.copyOf(buffer, packet.getLength());
                if (answer.length <= most && answer(answer, query) != null) {
                    return answer;
                }
            }
        }
    }

    /** RFC 7766 8: messages with two bytes of length in front. */
    private byte[] byTcp(InetSocketAddress server, Message query, byte[] data) throws IOException {
        try (Socket socket = sockets.stream()) {
            socket.connect(server, remainingMillis());
            ByteBuffer question = ByteBuffer.allocate(LENGTH_BYTES + data.length);
            question.putShort((short) data.length).put(data);
            socket.getOutputStream().write(question.array());
            byte[] length = read(socket, LENGTH_BYTES);
            byte[] answer = read(socket, ByteBuffer.wrap(length).getShort() & 0xffff);
            Message parsed = answer(answer, query);
            if (parsed == null) {
                throw new IOException("what it says by TCP is no answer");
            }
            if (parsed.getHeader().getFlag(Flags.TC)) {
                throw new IOException("its answer is cut short even by TCP");
            }
            return answer;
        }
    }

    /** The message, if it is an answer to this question. */
    private static @Nullable Message answer(byte[] bytes, Message query) {
        try {
            Header header = new Header(bytes);
            if (header.getID() != query.getHeader().getID()
                    || !header.getFlag(Flags.QR)
                    || header.getOpcode() != Opcode.QUERY) {
                return null;
            }
            Message message = new Message(bytes);
            Record question = message.getQuestion();
            return question != null && question.equals(query.getQuestion()) ? message : null;
        } catch (IOException | RuntimeException e) {
            // Whatever it is that the parser stumbles over: somebody else's bytes.
            return null;
        }
    }

    private byte[] read(Socket socket, int count) throws IOException {
        byte[] bytes = new byte[count];
        InputStream input = socket.getInputStream();
        int position = 0;
        while (position < count) {
            // Every time: a server that sends byte after byte has no more time than others.
            socket.setSoTimeout(remainingMillis());
            int read = input.read(bytes, position, count - position);
            if (read < 0) {
                throw new IOException("it has closed the connection instead of answering");
            }
            position += read;
        }
        return bytes;
    }

    /** What is left of the time, at least one millisecond. */
    private int remainingMillis() throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
