package dev.heddle.it.programs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Waits for a connection until it is ended, and then tells a server of its end. Its argument: the server's address. */
public final class Farewell {

    private Farewell() {}

    /** Says who it is first. */
    public static void main(String[] arguments) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> sayGoodbye(arguments[0])));
        try (ServerSocket listener = new ServerSocket(80)) {
            System.out.println("waiting at " + InetAddress.getLocalHost().getHostAddress());
            listener.accept().close();
        }
    }

    private static void sayGoodbye(String server) {
        try (Socket socket = new Socket(server, 7777)) {
            socket.getOutputStream().write("goodbye\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.out.println("nobody heard: " + e);
        }
    }
}
