package dev.heddle.core.link;

import static dev.heddle.core.link.TestPackets.payload;
import static dev.heddle.core.link.TestPackets.segment;
import static dev.heddle.core.wire.TcpHeader.ACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heddle.core.time.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapngLinkTest {

    private static final LinkCapabilities OFFLOADS = new LinkCapabilities(1500, Packet.MAX_LENGTH, true);

    private long nowNs = 1_000;
    private final Clock clock = () -> nowNs;
    private final MemoryLink.Pair pair = MemoryLink.pair("heddle0", "peer", OFFLOADS, clock);
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final Packet into = new Packet(Packet.MAX_LENGTH);

    @AfterEach
    void close() {
        pair.close();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Recorded(long timeNs, int direction, byte[] bytes) {}

    private PcapngLink link() {
        return new PcapngLink(pair.a(), Channels.newChannel(file), clock, Instant.ofEpochSecond(1_700_000_000));
    }

    /** Reads a file strictly: each block's lengths agree, padding is zero, options end. */
    private static List<Recorded> parse(byte[] bytes, String interfaceName) {
        ByteBuffer b = ByteBuffer.wrap(bytes);
        List<Recorded> packets = new ArrayList<>();
        int number = 0;
        while (b.hasRemaining()) {
            int start = b.position();
            int type = b.getInt();
            int length = b.getInt();
            assertThat(length % 4).isZero();
            assertThat(b.getInt(start + length - 4)).isEqualTo(length);
            switch (number++) {
                case 0 -> {
                    assertThat(type).isEqualTo(0x0A0D0D0A);
                    assertThat(b.getInt()).isEqualTo(0x1A2B3C4D);
                    assertThat(b.getInt()).isEqualTo(0x00010000);
                    assertThat(b.getLong()).isEqualTo(-1);
                }
                case 1 -> {
                    assertThat(type).isEqualTo(1);
                    assertThat(b.getShort()).isEqualTo((short) 101);
                    b.getShort();
                    assertThat(b.getInt()).as("no snapshot length").isZero();
                    assertThat(new String(option(b, 2), StandardCharsets.UTF_8)).isEqualTo(interfaceName);
                    assertThat(option(b, 9)).containsExactly(9);
                    assertThat(b.getInt()).isZero();
                }
                default -> {
                    assertThat(type).isEqualTo(6);
                    assertThat(b.getInt()).isZero();
                    long timeNs = b.getLong();
                    byte[] data = new byte[b.getInt()];
                    assertThat(b.getInt()).isEqualTo(data.length);
                    b.get(data);
                    skipPadding(b, data.length);
                    int direction = ByteBuffer.wrap(option(b, 2)).getInt();
                    assertThat(b.getInt()).isZero();
                    packets.add(new Recorded(timeNs, direction, data));
                }
            }
            assertThat(b.position()).isEqualTo(start + length - 4);
            b.position(start + length);
        }
        assertThat(number).isGreaterThanOrEqualTo(2);
        return packets;
    }

    private static byte[] option(ByteBuffer b, int code) {
        assertThat(b.getShort()).isEqualTo((short) code);
        byte[] value = new byte[b.getShort()];
        b.get(value);
        skipPadding(b, value.length);
        return value;
    }

    private static void skipPadding(ByteBuffer b, int length) {
        for (int i = length; i % 4 != 0; i++) {
            assertThat(b.get()).isZero();
        }
    }

    private static Packet packetOf(byte[] bytes) {
        Packet packet = new Packet(bytes.length);
        packet.buffer().put(Packet.HEADROOM, bytes);
        packet.head(Packet.HEADROOM, bytes.length);
        return packet;
    }

    @Test
    void records_both_directions_with_times_and_completed_checksums() {
        PcapngLink link = link();
        Packet sent = segment(true, ACK, payload(101), 0);
        assertThat(link.transmit(sent)).isTrue();
        assertThat(sent.checksumStart()).as("the packet stays as it is").isEqualTo(20);
        nowNs = 2_000_000_001L;
        pair.b().transmit(segment(false, ACK, payload(10), 0));
        assertThat(link.receive(into)).isTrue();
        assertThat(into.checksumStart()).isEqualTo(40);
        assertThat(link.receive(into)).isFalse();
        link.close();

        List<Recorded> recorded = parse(file.toByteArray(), "heddle0");
        assertThat(recorded).hasSize(2);
        assertThat(recorded.get(0).timeNs()).isEqualTo(1_700_000_000_000_001_000L);
        assertThat(recorded.get(0).direction()).isEqualTo(2);
        assertThat(TestPackets.see(true, packetOf(recorded.get(0).bytes())).payload())
                .isEqualTo(payload(101));
        assertThat(recorded.get(1).timeNs()).isEqualTo(1_700_000_002_000_000_001L);
        assertThat(recorded.get(1).direction()).isEqualTo(1);
        assertThat(TestPackets.see(false, packetOf(recorded.get(1).bytes())).payload())
                .isEqualTo(payload(10));
        assertThat(link.captureFailure()).isNull();
    }

    @Test
    void super_segments_are_recorded_whole_also_when_many_fill_the_buffer() {
        PcapngLink link = link();
        for (int i = 0; i < 20; i++) {
            assertThat(link.transmit(segment(false, ACK, payload(60_000 + i), 1000)))
                    .isTrue();
            assertThat(pair.b().receive(into)).isTrue();
            assertThat(into.gsoSize()).isEqualTo(1000);
        }
        link.close();
        List<Recorded> recorded = parse(file.toByteArray(), "heddle0");
        assertThat(recorded).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(TestPackets.see(false, packetOf(recorded.get(i).bytes())).payload())
                    .isEqualTo(payload(60_000 + i));
        }
    }

    @Test
    void what_the_link_refused_is_not_recorded() {
        PcapngLink link = link();
        int sent = 0;
        while (link.transmit(segment(true, ACK, payload(60_000), 1000))) {
            sent++;
        }
        link.close();
        assertThat(parse(file.toByteArray(), "heddle0")).hasSize(sent);
    }

    @Test
    void before_the_pump_sleeps_the_file_is_complete() {
        PcapngLink link = link();
        link.transmit(segment(true, ACK, payload(1), 0));
        link.awaitWork(0);
        assertThat(parse(file.toByteArray(), "heddle0")).hasSize(1);
        link.close();
    }

    @Test
    void a_failing_capture_stops_and_the_traffic_goes_on() {
        IOException full = new IOException("no space left");
        WritableByteChannel failing = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) throws IOException {
                throw full;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        PcapngLink link = new PcapngLink(pair.a(), failing, clock);
        link.transmit(segment(true, ACK, payload(1), 0));
        link.awaitWork(0);
        assertThat(link.captureFailure()).isSameAs(full);
        assertThat(link.transmit(segment(true, ACK, payload(1), 0))).isTrue();
        assertThat(pair.b().receive(into)).isTrue();
        assertThat(pair.b().receive(into)).isTrue();
        link.close();
    }

    @Test
    void an_interrupted_thread_does_not_end_the_capture(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("capture.pcapng");
        PcapngLink link = new PcapngLink(pair.a(), path, clock);
        Thread.currentThread().interrupt();
        link.transmit(segment(true, ACK, payload(1), 0));
        link.awaitWork(0);
        assertThat(Thread.interrupted()).isTrue();
        link.transmit(segment(true, ACK, payload(2), 0));
        link.close();
        assertThat(link.captureFailure()).isNull();
        assertThat(parse(Files.readAllBytes(path), "heddle0")).hasSize(2);
    }

    @Test
    void tcpdump_reads_the_file(@TempDir Path directory) throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/tcpdump")) || Files.isExecutable(Path.of("/usr/sbin/tcpdump")))
                .as("tcpdump is installed")
                .isTrue();
        Path path = directory.resolve("capture.pcapng");
        PcapngLink link = new PcapngLink(pair.a(), path, clock);
        link.transmit(segment(true, ACK, payload(100), 0));
        link.transmit(segment(false, ACK, payload(5000), 1000));
        link.close();
        Process tcpdump = new ProcessBuilder("tcpdump", "-n", "-vv", "-r", path.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(tcpdump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tcpdump.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(tcpdump.exitValue()).as(output).isZero();
        assertThat(output)
                .contains("192.0.2.1.80 > 192.0.2.2.40000", "2001:db8::1.80 > 2001:db8::2.40000")
                .contains("(correct)")
                .doesNotContain("incorrect", "truncated");
    }
}
