package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.heddle.core.host.LinkPump;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.LoggerFactory;

/** What an operator finds in the log, at INFO. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ResourceLock("logging")
class LogTest {

    private final Logger heddle = (Logger) LoggerFactory.getLogger("dev.heddle");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    /** Quiet elsewhere, because tests close links under their pumps. */
    private final Logger pumps = (Logger) LoggerFactory.getLogger(LinkPump.class);

    private final Level before = heddle.getLevel();
    private final Level pumpsBefore = pumps.getLevel();

    @BeforeEach
    void listen() {
        heddle.setLevel(Level.INFO);
        pumps.setLevel(null);
        log.start();
        heddle.addAppender(log);
    }

    @AfterEach
    void stop() {
        heddle.detachAppender(log);
        heddle.setLevel(before);
        pumps.setLevel(pumpsBefore);
    }

    @Test
    void life_with_losses_resets_and_refusals_is_nothing_to_log() throws Exception {
        try (SimulatedNetwork network = SimulatedNetwork.builder()
                .faults(Faults.builder().loss(0.05).corruption(0.05).build())
                .build()) {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            try (ServerSocket listener = server.serverSocketFactory().createServerSocket(80);
                    Socket socket = client.socketFactory().createSocket(server.address(), 80);
                    Socket accepted = listener.accept()) {
                socket.getOutputStream().write(new byte[50_000]);
                assertThat(accepted.getInputStream().readNBytes(50_000)).hasSize(50_000);
                accepted.setSoLinger(true, 0);
            }
            Socket refused = client.socketFactory().createSocket();
            assertThat(catchConnect(refused, server)).isTrue();
        }
        assertThat(lines()).isEmpty();
    }

    private static boolean catchConnect(Socket socket, SimulatedHost server) {
        try (socket) {
            socket.connect(new InetSocketAddress(server.address(), 81));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void a_link_that_fails_is_one_warning_that_names_it() {
        MemoryLink.Pair cable = MemoryLink.pair("broken", "other", LinkCapabilities.plain(1500), Clock.system());
        NetworkStack stack =
                NetworkStack.builder().link(cable.a()).address("192.0.2.1/24").build();
        try {
            cable.close();
            Awaitility.await().until(() -> !lines().isEmpty());
        } finally {
            stack.close(Duration.ZERO);
        }
        assertThat(lines()).singleElement().asString().startsWith("WARN broken: ");
    }

    private List<String> lines() {
        return List.copyOf(log.list).stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
