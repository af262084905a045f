package dev.heddle.commands.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.commands.Refusal;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes between the standard streams and a server. */
@Timeout(20)
class StreamPipeTest {

    private final MemoryLink.Pair cable =
            MemoryLink.pair("outside", "nobody", LinkCapabilities.plain(1500), Clock.system());
    private final NetworkStack stack =
            NetworkStack.builder().link(cable.a()).address("192.0.2.1/24").build();

    @AfterEach
    void close() {
        stack.close(Duration.ZERO);
        cable.close();
    }

    private void run(InputStream in, OutputStream out, int port) throws IOException {
        new StreamPipe(in, out).run(stack.socketFactory(), new InetSocketAddress("192.0.2.1", port), null);
    }

    @Test
    void an_input_that_cannot_be_read_ends_it() throws IOException {
        InputStream directory = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Is a directory");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("Is a directory");
            }
        };
        try (ServerSocket listener = stack.serverSocketFactory().createServerSocket(80)) {
            assertThatThrownBy(() -> run(directory, OutputStream.nullOutputStream(), listener.getLocalPort()))
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> assertThat(refusal.status()).isEqualTo(Refusal.FAILED))
                    .hasMessage("cannot read the input: Is a directory");
        }
    }

    @Test
    void every_byte_comes_back_and_the_end_of_the_input_is_told() throws IOException {
        byte[] sent = new byte[1_000_000];
        new Random(1).nextBytes(sent);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (ServerSocket listener = stack.serverSocketFactory().createServerSocket(80)) {
            Thread.startVirtualThread(() -> {
                try (Socket socket = listener.accept()) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException e) {
                    // The client sees it.
                }
            });
            run(new ByteArrayInputStream(sent), received, listener.getLocalPort());
        }
        assertThat(received.toByteArray()).isEqualTo(sent);
    }
}
