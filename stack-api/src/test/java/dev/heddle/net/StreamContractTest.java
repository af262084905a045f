package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The streams of a connection: what their calls take, give and refuse. */
class StreamContractTest {

    @SocketContract
    void a_read_gives_what_is_there_up_to_what_was_asked_for(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(new byte[] {1, 2, -3, 4, 5, 6});
            Connection.awaitArrivals(network);
            InputStream in = connection.server().getInputStream();
            byte[] target = new byte[8];
            assertThat(in.read(target, 2, 2)).isEqualTo(2);
            assertThat(target).containsExactly(0, 0, 1, 2, 0, 0, 0, 0);
            assertThat(in.read()).isEqualTo(0xfd);
            assertThat(in.skip(1)).isEqualTo(1);
            assertThat(in.read(target)).isEqualTo(2);
            assertThat(target).startsWith(5, 6);
            assertThat(in.markSupported()).isFalse();
        }
    }

    @SocketContract
    void available_counts_what_can_be_read_at_once(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.server().getInputStream();
            assertThat(in.available()).isZero();
            connection.client().getOutputStream().write(new byte[100]);
            assertThat(in.read()).isZero();
            assertThat(in.available()).isEqualTo(99);
            connection.client().close();
            Connection.awaitArrivals(network);
            assertThat(in.available()).isEqualTo(99);
            connection.server().shutdownInput();
            assertThat(in.available()).isZero();
        }
    }

    @SocketContract
    void nothing_is_read_and_written_at_once_whatever_the_state(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.server().getInputStream();
            OutputStream out = connection.server().getOutputStream();
            byte[] none = new byte[0];
            for (boolean closed : new boolean[] {false, true}) {
                if (closed) {
                    connection.server().close();
                }
                assertThat(in.read(none)).isZero();
                assertThat(in.read(new byte[3], 3, 0)).isZero();
                out.write(none);
                out.write(new byte[3], 3, 0);
                out.flush();
            }
            assertFails(SocketException.class, "Socket closed", in::read);
        }
    }

    @SocketContract
    void ranges_outside_of_the_array_are_refused(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.server().getInputStream();
            OutputStream out = connection.server().getOutputStream();
            byte[] array = new byte[8];
            for (boolean closed : new boolean[] {false, true}) {
                if (closed) {
                    connection.server().close();
                }
                int[][] ranges = {{-1, 1}, {0, 9}, {8, 1}, {0, -1}, {Integer.MAX_VALUE, 1}, {1, Integer.MAX_VALUE}};
                for (int[] range : ranges) {
                    String words =
                            "Range [" + range[0] + ", " + range[0] + " + " + range[1] + ") out of bounds for length 8";
                    assertFails(IndexOutOfBoundsException.class, words, () -> in.read(array, range[0], range[1]));
                    assertFails(IndexOutOfBoundsException.class, words, () -> out.write(array, range[0], range[1]));
                }
                assertThat(Failures.of(() -> in.read(null, 0, 1))).isExactlyInstanceOf(NullPointerException.class);
                assertThat(Failures.of(() -> out.write(null, 0, 1))).isExactlyInstanceOf(NullPointerException.class);
            }
        }
    }

    @SocketContract
    void every_byte_goes_to_one_of_several_readers(Network network) throws Exception {
        int bytes = 20_000;
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.server().getInputStream();
            List<BlockedCall> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                readers.add(BlockedCall.startAnyway(() -> {
                    long sum = 0;
                    byte[] part = new byte[100];
                    for (int length = in.read(part); length >= 0; length = in.read(part)) {
                        sum += length;
                    }
                    return sum;
                }));
            }
            for (int i = 0; i < bytes / 50; i++) {
                connection.client().getOutputStream().write(new byte[50]);
            }
            connection.client().shutdownOutput();
            long sum = 0;
            for (BlockedCall reader : readers) {
                sum += (Long) reader.end().result();
            }
            assertThat(sum).isEqualTo(bytes);
        }
    }

    /** What one call writes stays together, however long it has to wait for room. */
    @SocketContract
    void several_writers_take_turns_call_by_call(Network network) throws Exception {
        int length = 300_000;
        try (Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            List<BlockedCall> writers = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                byte[] block = new byte[length];
                Arrays.fill(block, (byte) i);
                writers.add(BlockedCall.startAnyway(() -> {
                    out.write(block);
                    return null;
                }));
            }
            InputStream in = connection.server().getInputStream();
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < writers.size(); i++) {
                byte[] block = in.readNBytes(length);
                byte[] expected = new byte[length];
                Arrays.fill(expected, block[0]);
                assertThat(block).isEqualTo(expected);
                order.add((int) block[0]);
            }
            assertThat(order).containsExactlyInAnyOrder(1, 2, 3, 4);
            for (BlockedCall writer : writers) {
                assertThat(writer.end().exception()).isNull();
            }
        }
    }

    @SocketContract
    void reading_and_writing_do_not_wait_for_each_other(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            BlockedCall read = BlockedCall.start(connection.client().getInputStream()::read);
            connection.client().getOutputStream().write(1);
            assertThat(connection.server().getInputStream().read()).isEqualTo(1);
            BlockedCall write = BlockedCall.start(() -> {
                connection.client().getOutputStream().write(new byte[64 << 20]);
                return null;
            });
            connection.server().getOutputStream().write(2);
            assertThat(read.end().result()).isEqualTo(2);
            connection.client().close();
            assertThat(write.failure()).hasMessage("Socket closed");
        }
    }
}
