package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;

/** Urgent data as {@code java.net.Socket} sends it and receives it. */
class UrgentDataContractTest {

    @SocketContract
    void the_urgent_octet_is_dropped_from_the_stream(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            sendAroundUrgent(connection);
            assertThat(connection.server().getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo("beforeafter");
        }
    }

    @SocketContract
    void the_urgent_octet_stays_in_line_if_asked_to(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().setOOBInline(true);
            sendAroundUrgent(connection);
            assertThat(connection.server().getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo("before!after");
        }
    }

    @SocketContract
    void a_read_does_not_cross_the_urgent_octet(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            sendAroundUrgent(connection);
            Connection.awaitArrivals(network);
            InputStream in = connection.server().getInputStream();
            assertThat(in.available()).isEqualTo(6);
            assertThat(read(in)).isEqualTo("before");
            assertThat(in.available()).isZero();
            assertThat(read(in)).isEqualTo("after");
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void a_read_ends_before_an_urgent_octet_that_is_in_line(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().setOOBInline(true);
            sendAroundUrgent(connection);
            Connection.awaitArrivals(network);
            InputStream in = connection.server().getInputStream();
            assertThat(in.available()).isEqualTo(12);
            assertThat(read(in)).isEqualTo("before");
            assertThat(in.available()).isEqualTo(6);
            assertThat(read(in)).isEqualTo("!after");
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void an_urgent_octet_that_was_not_read_outlives_its_connection(Network network) throws Exception {
        for (boolean inLine : new boolean[] {false, true}) {
            try (Connection connection = Connection.open(network)) {
                connection.server().shutdownOutput();
                sendAroundUrgent(connection);
                assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
                Connection.awaitArrivals(network);
                assertReadsAroundUrgent(connection.server(), inLine);
                assertThat(connection.server().getInputStream().read()).isEqualTo(-1);
            }
            try (Connection connection = Connection.open(network)) {
                connection.client().getOutputStream().write("before".getBytes(US_ASCII));
                connection.client().sendUrgentData('!');
                connection.client().getOutputStream().write("after".getBytes(US_ASCII));
                Connection.awaitArrivals(network);
                connection.client().setSoLinger(true, 0);
                connection.client().close();
                Connection.awaitArrivals(network);
                assertReadsAroundUrgent(connection.server(), inLine);
                assertFails(
                        SocketException.class,
                        "Connection reset",
                        () -> connection.server().getInputStream().read());
            }
        }
    }

    @SocketContract
    void an_urgent_octet_that_is_the_last_thing_unread_outlives_its_connection(Network network) throws Exception {
        for (String before : new String[] {"", "before"}) {
            for (boolean reset : new boolean[] {false, true}) {
                assertLastIsUrgent(network, before, reset, true);
                assertLastIsUrgent(network, before, reset, false);
            }
        }
    }

    /** The socket is asked to have the octet in line when the connection has ended, and it is all that is left to read. */
    private static void assertLastIsUrgent(Network network, String before, boolean reset, boolean inLine)
            throws Exception {
        try (Connection connection = Connection.open(network)) {
            Socket server = connection.server();
            server.shutdownOutput();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            connection.client().getOutputStream().write(before.getBytes(US_ASCII));
            connection.client().sendUrgentData('!');
            Connection.awaitArrivals(network);
            connection.client().setSoLinger(reset, 0);
            connection.client().close();
            Connection.awaitArrivals(network);
            InputStream in = server.getInputStream();
            assertThat(in.available()).isEqualTo(before.length());
            if (!before.isEmpty()) {
                assertThat(read(in)).isEqualTo(before);
            }
            assertThat(in.available()).isZero();
            server.setOOBInline(inLine);
            assertThat(in.available()).isEqualTo(inLine ? 1 : 0);
            if (inLine) {
                assertThat(read(in)).isEqualTo("!");
            }
            if (reset) {
                assertFails(SocketException.class, "Connection reset", in::read);
            } else {
                assertThat(in.read()).isEqualTo(-1);
            }
            assertThat(in.available()).isZero();
        }
    }

    private static void assertReadsAroundUrgent(Socket socket, boolean inLine) throws IOException {
        InputStream in = socket.getInputStream();
        assertThat(in.available()).isEqualTo(6);
        assertThat(read(in)).isEqualTo("before");
        assertThat(in.available()).isZero();
        socket.setOOBInline(inLine);
        assertThat(in.available()).isEqualTo(inLine ? 6 : 0);
        assertThat(read(in)).isEqualTo(inLine ? "!after" : "after");
        assertThat(in.available()).isZero();
    }

    private static String read(InputStream in) throws IOException {
        byte[] target = new byte[100];
        return new String(target, 0, in.read(target), US_ASCII);
    }

    @SocketContract
    void an_urgent_octet_alone_does_not_end_a_read(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().sendUrgentData('!');
            Connection.awaitArrivals(network);
            InputStream in = connection.server().getInputStream();
            assertThat(in.available()).isZero();
            BlockedCall read = BlockedCall.start(in::read);
            connection.client().getOutputStream().write('x');
            assertThat(read.end().result()).isEqualTo((int) 'x');
        }
    }

    @SocketContract
    void an_urgent_octet_may_be_the_last_of_the_stream(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().sendUrgentData('!');
            connection.client().shutdownOutput();
            assertThat(connection.server().getInputStream().read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void of_several_urgent_octets_the_last_one_is_out_of_band(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            out.write('a');
            connection.client().sendUrgentData('1');
            connection.client().sendUrgentData('2');
            out.write('b');
            connection.client().shutdownOutput();
            Connection.awaitArrivals(network);
            assertThat(connection.server().getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo("a1b");
        }
    }

    @SocketContract
    void only_the_low_eight_bits_are_sent(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().setOOBInline(true);
            connection.client().sendUrgentData(0x1234);
            assertThat(connection.server().getInputStream().read()).isEqualTo(0x34);
        }
    }

    private static void sendAroundUrgent(Connection connection) throws Exception {
        OutputStream output = connection.client().getOutputStream();
        output.write("before".getBytes(US_ASCII));
        connection.client().sendUrgentData('!');
        output.write("after".getBytes(US_ASCII));
        connection.client().shutdownOutput();
    }
}
