package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Urgent data as {@code java.net.Socket} sends it and receives it, on the kernel's sockets and on ours. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UrgentDataTest {

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void the_urgent_octet_is_dropped_from_the_stream(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            sendAroundUrgent(connection);
            assertThat(connection.server().getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo("beforeafter");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void the_urgent_octet_stays_in_line_if_asked_to(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.server().setOOBInline(true);
            sendAroundUrgent(connection);
            assertThat(connection.server().getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo("before!after");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void an_urgent_octet_alone_does_not_end_a_read(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.client().sendUrgentData('!');
            InputStream input = connection.server().getInputStream();
            BlockedCall read = BlockedCall.start(BlockedCall.Threads.PLATFORM, input::read);
            connection.client().getOutputStream().write('x');
            assertThat(read.end().result()).isEqualTo((int) 'x');
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void only_the_low_eight_bits_are_sent(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.server().setOOBInline(true);
            connection.client().sendUrgentData(0x1234);
            assertThat(connection.server().getInputStream().read()).isEqualTo(0x34);
        }
    }

    private static void sendAroundUrgent(Connection connection) throws Exception {
        OutputStream output = connection.client().getOutputStream();
        output.write("before".getBytes(StandardCharsets.US_ASCII));
        connection.client().sendUrgentData('!');
        output.write("after".getBytes(StandardCharsets.US_ASCII));
        connection.client().shutdownOutput();
    }
}
