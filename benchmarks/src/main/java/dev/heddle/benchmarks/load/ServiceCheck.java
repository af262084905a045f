package dev.heddle.benchmarks.load;

import dev.heddle.benchmarks.services.CharacterLines;
import dev.heddle.benchmarks.services.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;

/** Whether the services do what their RFCs say: what is fast must also be right. */
final class ServiceCheck {

    private static final int ECHO_BYTES = 3_000_000;
    private static final int DISCARD_BYTES = 5_000_000;
    private static final int CHARACTERS = 2_000_000;
    private static final int TIMEOUT_MS = 20_000;

    private final InetAddress server;

    ServiceCheck(InetAddress server) {
        this.server = server;
    }

    /** Returns if all is well. */
    void run() throws IOException, InterruptedException {
        echo();
        discard();
        characters();
    }

    private Socket connect(Service service) throws IOException {
        Socket socket = new Socket(server, service.port());
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    /** RFC 862: "the server sends back any data it receives", and the end of the stream, too. */
    private void echo() throws IOException, InterruptedException {
        byte[] sent = new byte[ECHO_BYTES];
        new Random(862).nextBytes(sent);
        try (Socket socket = connect(Service.ECHO)) {
            Thread writer = Thread.ofPlatform().daemon().start(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    System.err.println("echo: " + e.getMessage());
                }
            });
            byte[] back = socket.getInputStream().readAllBytes();
            writer.join();
            require(
                    Arrays.equals(sent, back),
                    "echo: " + back.length + " bytes of " + sent.length + " came back right");
        }
    }

    /** RFC 863: "the server throws away any data it receives. No response is sent". */
    private void discard() throws IOException {
        try (Socket socket = connect(Service.DISCARD)) {
            socket.getOutputStream().write(new byte[DISCARD_BYTES]);
            socket.shutdownOutput();
            require(socket.getInputStream().read() < 0, "discard: the server has answered");
        }
    }

    /** RFC 864's pattern. */
    private void characters() throws IOException {
        try (Socket socket = connect(Service.CHARGEN)) {
            InputStream in = socket.getInputStream();
            byte[] received = in.readNBytes(CHARACTERS);
            require(received.length == CHARACTERS, "chargen: the stream has ended");
            for (int i = 0; i < received.length; i++) {
                require(received[i] == CharacterLines.at(i), "chargen: wrong at byte " + i);
            }
        }
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }
}
