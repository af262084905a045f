package dev.heddle.it.peer;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.Arrays;

/**
 * Datagrams on the kernel's sockets:
 *
 * <ul>
 *   <li>{@code echo}: prints {@code port N} and sends back what comes, until its input ends;
 *   <li>{@code ask ADDRESS PORT LENGTH...}: sends generated datagrams of these lengths, one by one, and prints {@code echoed N}
 *       for each that comes back whole;
 *   <li>{@code refused ADDRESS PORT}: sends until it is told that nobody has the port, and prints {@code refused}.
 * </ul>
 */
public final class KernelDatagrams {

    private static final int LONGEST = 65_535;
    private static final int TIMEOUT_MILLIS = 10_000;

    private KernelDatagrams() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "echo" -> echo();
            case "ask" -> ask(peer(arguments), Arrays.copyOfRange(arguments, 3, arguments.length));
            case "refused" -> refused(peer(arguments));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static InetSocketAddress peer(String[] arguments) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(arguments[1]), Integer.parseInt(arguments[2]));
    }

    private static void echo() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            Thread.ofPlatform().daemon().start(() -> echoAll(socket));
            System.out.println("port " + socket.getLocalPort());
            while (System.in.read() >= 0) {
                // Whoever started this program holds the other end.
            }
        }
    }

    private static void echoAll(DatagramSocket socket) {
        try {
            DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
            while (true) {
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (IOException e) {
            System.err.println("echo: " + e);
        }
    }

    private static void ask(InetSocketAddress peer, String[] lengths) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            // Not connected: the JDK's connected sockets send no empty datagrams.
            socket.setSoTimeout(TIMEOUT_MILLIS);
            for (String length : lengths) {
                byte[] bytes = GeneratedContent.bytes(Integer.parseInt(length));
                socket.send(new DatagramPacket(bytes, bytes.length, peer));
                DatagramPacket answer = new DatagramPacket(new byte[LONGEST], LONGEST);
                socket.receive(answer);
                if (!answer.getSocketAddress().equals(peer)
                        || !Arrays.equals(bytes, Arrays.copyOf(answer.getData(), answer.getLength()))) {
                    throw new IOException("something else came back: " + answer.getLength() + " bytes of " + length);
                }
                System.out.println("echoed " + length);
            }
        }
    }

    private static void refused(InetSocketAddress peer) throws IOException, InterruptedException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(peer);
            for (int i = 0; i < 1_000; i++) {
                socket.send(new DatagramPacket(new byte[1], 1));
                Thread.sleep(10);
            }
            throw new IOException("nobody refuses");
        } catch (PortUnreachableException e) {
            System.out.println("refused");
        }
    }
}
