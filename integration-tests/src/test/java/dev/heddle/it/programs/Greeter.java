package dev.heddle.it.programs;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A web server in a few lines, at port 8080, which says the same to everybody. */
public final class Greeter {

    private Greeter() {}

    /** Serves until it is ended. */
    public static void main(String[] arguments) throws IOException {
        byte[] answer = "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nHello\n".getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket listener = new ServerSocket(8080)) {
            System.out.println("serving");
            while (true) {
                try (Socket client = listener.accept()) {
                    client.getInputStream().read(new byte[1_000]);
                    client.getOutputStream().write(answer);
                }
            }
        }
    }
}
