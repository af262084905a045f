package dev.heddle.it.peer;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens many connections of the kernel and keeps them: arguments are address, port and how many. Prints
 * {@code connected N}; at each line {@code ask PATH} on its input it sends one HTTP request on every connection and prints
 * {@code answered N}, how many answers had status 200 and their whole body; at the end of its input it closes them and
 * prints {@code closed N}, how many the server had closed in answer.
 */
public final class IdleClients {

    private IdleClients() {}

    public static void main(String[] arguments) throws IOException {
        InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        int count = Integer.parseInt(arguments[2]);
        List<SocketChannel> channels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            channels.add(SocketChannel.open(server));
        }
        System.out.println("connected " + channels.size());
        var input = new java.io.BufferedReader(new java.io.InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println("answered " + askAll(channels, line.substring("ask ".length())));
        }
        int closed = 0;
        for (SocketChannel channel : channels) {
            closed += closeInOrder(channel) ? 1 : 0;
        }
        System.out.println("closed " + closed);
    }

    /** Closes when the server has closed its side. All at once would overflow the queue of the server's TUN. */
    private static boolean closeInOrder(SocketChannel channel) throws IOException {
        try (channel) {
            channel.shutdownOutput();
            return channel.read(ByteBuffer.allocate(1)) < 0;
        }
    }

    private static int askAll(List<SocketChannel> channels, String path) {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: heddle\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        int answered = 0;
        for (SocketChannel channel : channels) {
            try {
                channel.write(ByteBuffer.wrap(request));
                if (readAnswer(channel.socket())) {
                    answered++;
                }
            } catch (IOException e) {
                System.err.println(channel + ": " + e);
            }
        }
        return answered;
    }

    private static boolean readAnswer(Socket socket) throws IOException {
        var in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("after \"" + head + "\"");
            }
            head.append((char) b);
        }
        int length = 0;
        for (String line : head.toString().split("\r\n", -1)) {
            String[] field = line.split(": ", 2);
            if (field[0].equalsIgnoreCase("Content-Length")) {
                length = Integer.parseInt(field[1]);
            }
        }
        return in.readNBytes(length).length == length && head.toString().startsWith("HTTP/1.1 200 ");
    }
}
