package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.Faults;
import dev.heddle.junit.SimulatedNetworkExtension;
import dev.heddle.net.SimulatedNetwork;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

// example
@ExtendWith(SimulatedNetworkExtension.class)
class LossyPathTest {
    @Test
    void a_byte_arrives_all_the_same(SimulatedNetwork network) throws IOException {
        network.faults(Faults.builder().delayNs(20_000_000).loss(0.01).build());
        ServerSocket server = network.host("server").serverSocketFactory().createServerSocket(80);
        Socket client = network.host("client")
                .socketFactory()
                .createSocket(network.host("server").address(), 80);
        client.getOutputStream().write(42);
        assertThat(server.accept().getInputStream().read()).isEqualTo(42);
    }
    // end

    @AfterAll
    static void documentation_shows_this_test() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/heddle/examples/LossyPathTest.java"));
        String code = source.substring(source.indexOf("// example") + "// example".length(), source.indexOf("// end"));
        String page = Files.readString(Path.of("../../docs/ways-in.md"));
        assertThat(page.replaceAll("\\s+", "")).contains(code.replaceAll("\\s+", ""));
    }
}
