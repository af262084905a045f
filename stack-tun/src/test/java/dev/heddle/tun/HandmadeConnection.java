package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/** A TCP connection to a server of the kernel with just enough TCP to pass some bytes over a link without loss. */
final class HandmadeConnection implements AutoCloseable {

    static final int MSS = 1400;

    private static final int PORT = 40_000;

    private final TunLink link;
    private final IpAddress self;
    private final IpAddress kernel;
    private final boolean offload;
    private final BufferPool pool = TestPackets.pool();
    private final ServerSocket server;
    private final TcpHeader header = new TcpHeader();
    private Socket accepted = new Socket();
    private int sendNext = 0xffff_f000; // wraps soon
    private int receiveNext;
    private int largestReceived;

    private HandmadeConnection(TunLink link, IpAddress self, IpAddress kernel, boolean offload) throws IOException {
        this.link = link;
        this.self = self;
        this.kernel = kernel;
        this.offload = offload;
        server = new ServerSocket(0, 1, kernel.toInetAddress());
        server.setSoTimeout(10_000);
    }

    static HandmadeConnection open(TunLink link, IpAddress self, IpAddress kernel, boolean offload) throws IOException {
        HandmadeConnection connection = new HandmadeConnection(link, self, kernel, offload);
        connection.handshake();
        return connection;
    }

    private void handshake() throws IOException {
        transmit(segment(TcpHeader.SYN, new byte[0]));
        sendNext++;
        Packet synAck = nextSegment();
        assertThat(header.isSyn() && header.isAck()).isTrue();
        assertThat(header.acknowledgment()).isEqualTo(sendNext);
        assertThat(header.window()).as("room for what the tests send").isGreaterThan(40_000);
        assertThat(synAck.length()).isLessThan(100);
        receiveNext = header.sequence() + 1;
        transmit(segment(TcpHeader.ACK, new byte[0]));
        accepted = server.accept();
        accepted.setSoTimeout(10_000);
        accepted.setTcpNoDelay(true);
    }

    /** Sends bytes, as one super-segment with offloads and as complete packets without. */
    void send(byte[] bytes) {
        int step = offload ? bytes.length : MSS;
        for (int from = 0; from < bytes.length; from += step) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + step));
            transmit(segment(TcpHeader.ACK | TcpHeader.PSH, part));
            sendNext += part.length;
        }
    }

    byte[] kernelReads(int length) throws IOException {
        return accepted.getInputStream().readNBytes(length);
    }

    void kernelWrites(byte[] bytes) throws IOException {
        accepted.getOutputStream().write(bytes);
    }

    /** Receives so many bytes and acknowledges them. */
    byte[] receive(int length) {
        byte[] bytes = new byte[length];
        int filled = 0;
        while (filled < length) {
            Packet packet = nextSegment();
            int payload = header.payloadLength();
            if (payload == 0) {
                continue;
            }
            assertThat(header.sequence()).isEqualTo(receiveNext);
            if (packet.length() > 1500) {
                assertThat(packet.gsoSize()).isEqualTo(MSS);
            }
            if (!offload) {
                assertThat(TestPackets.checksumIsRight(packet, kernel, self)).isTrue();
            }
            assertThat(packet.checksumTrusted()).isEqualTo(offload);
            packet.buffer().get(header.payloadOffset(), bytes, filled, payload);
            filled += payload;
            receiveNext += payload;
            largestReceived = Math.max(largestReceived, packet.length());
            transmit(segment(TcpHeader.ACK, new byte[0]));
        }
        return bytes;
    }

    /** The length of the longest packet received with data. */
    int largestReceived() {
        return largestReceived;
    }

    private Packet nextSegment() {
        Packet packet = TestPackets.receive(link, p -> TestPackets.protocol(p) == TestPackets.TCP);
        int at = TestPackets.transport(packet);
        header.wrap(packet.buffer(), at, packet.offset() + packet.headLength() - at);
        return packet;
    }

    private Packet segment(int flags, byte[] payload) {
        boolean syn = (flags & TcpHeader.SYN) != 0;
        int headerBytes = syn ? 24 : 20;
        int length = headerBytes + payload.length;
        Packet packet = TestPackets.ip(self, kernel, TestPackets.TCP, length);
        int ip = TestPackets.ipHeaderBytes(self);
        int at = Packet.HEADROOM + ip;
        int ack = syn ? 0 : receiveNext;
        TcpHeader.write(packet.buffer(), at, PORT, server.getLocalPort(), sendNext, ack, headerBytes, flags, 65_535, 0);
        if (syn) {
            TcpOptions.writeMss(packet.buffer(), at + 20, MSS);
        }
        long pseudo = TestPackets.pseudoHeader(self, kernel, TestPackets.TCP, length);
        if (offload) {
            TcpHeader.checksum(packet.buffer(), at, Checksum.fold(pseudo));
            packet.incompleteChecksum(ip, TcpHeader.CHECKSUM_OFFSET);
            packet.gsoSize(payload.length > MSS ? MSS : 0);
            packet.head(Packet.HEADROOM, ip + headerBytes);
            TestPackets.addSlices(packet, payload, pool);
        } else {
            packet.buffer().put(at + headerBytes, payload);
            long sum = Checksum.add(packet.buffer(), at, length, pseudo);
            TcpHeader.checksum(packet.buffer(), at, Checksum.finish(sum));
        }
        return packet;
    }

    private void transmit(Packet packet) {
        assertThat(link.transmit(packet)).isTrue();
    }

    @Override
    public void close() throws IOException {
        transmit(segment(TcpHeader.RST | TcpHeader.ACK, new byte[0]));
        accepted.close();
        server.close();
    }
}
