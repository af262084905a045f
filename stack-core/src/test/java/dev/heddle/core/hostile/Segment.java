package dev.heddle.core.hostile;

import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;

/** A TCP segment with whatever fields somebody hostile wants. */
final class Segment {

    private final IpAddress from;
    private final int fromPort;
    private final IpAddress to;
    private final int toPort;
    private int flags;
    private int sequence;
    private int acknowledgment;
    private int window = 65_535;
    private int mss = -1;
    private int windowScale = -1;
    private boolean sackPermitted;
    private boolean timestamps;
    private int timestampValue;
    private int timestampEcho;
    private int[] sackEdges = {};
    private byte[] payload = {};
    private boolean checksumZero;

    private Segment(IpAddress from, int fromPort, IpAddress to, int toPort) {
        this.from = from;
        this.fromPort = fromPort;
        this.to = to;
        this.toPort = toPort;
    }

    static Segment between(IpAddress from, int fromPort, IpAddress to, int toPort) {
        return new Segment(from, fromPort, to, toPort);
    }

    Segment flags(int value) {
        flags = value;
        return this;
    }

    Segment seq(int value) {
        sequence = value;
        return this;
    }

    Segment ack(int value) {
        acknowledgment = value;
        return this;
    }

    /** Not scaled. */
    Segment window(int value) {
        window = value;
        return this;
    }

    Segment mss(int value) {
        mss = value;
        return this;
    }

    Segment windowScale(int value) {
        windowScale = value;
        return this;
    }

    Segment sackPermitted() {
        sackPermitted = true;
        return this;
    }

    Segment timestamps(int value, int echo) {
        timestamps = true;
        timestampValue = value;
        timestampEcho = echo;
        return this;
    }

    /** Blocks by left and right edge: up to 4, with timestamps 3. */
    Segment sack(int... edges) {
        sackEdges = edges.clone();
        return this;
    }

    Segment payload(byte... bytes) {
        payload = bytes.clone();
        return this;
    }

    Segment payload(int length) {
        payload = new byte[length];
        return this;
    }

    Segment checksumZero() {
        checksumZero = true;
        return this;
    }

    Packet packet() {
        Packet packet = new Packet(Packet.HEADROOM + TcpHeader.HEADER_BYTES + TcpOptions.MAX_BYTES + payload.length);
        ByteBuffer b = packet.buffer();
        int start = Packet.HEADROOM;
        int at = options(b, start + TcpHeader.HEADER_BYTES);
        TcpHeader.write(b, start, fromPort, toPort, sequence, acknowledgment, at - start, flags, window, 0);
        b.put(at, payload);
        int length = at - start + payload.length;
        packet.head(start, length);
        if (!checksumZero) {
            long pseudo =
                    Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), TcpHeader.PROTOCOL, length);
            TcpHeader.checksum(b, start, Checksum.finish(Checksum.add(b, start, length, pseudo)));
        }
        IpOutput.prepend(packet, from.high(), from.low(), to.high(), to.low(), TcpHeader.PROTOCOL, 0, 64, 1, 0);
        return packet;
    }

    private int options(ByteBuffer b, int from) {
        int at = from;
        if (mss >= 0) {
            at = TcpOptions.writeMss(b, at, mss);
        }
        if (sackPermitted) {
            at = TcpOptions.writeSackPermitted(b, twoNops(b, at));
        }
        if (windowScale >= 0) {
            at = TcpOptions.writeWindowScale(b, TcpOptions.writeNop(b, at), windowScale);
        }
        if (timestamps) {
            at = TcpOptions.writeTimestamps(b, twoNops(b, at), timestampValue, timestampEcho);
        }
        if (sackEdges.length > 0) {
            at = TcpOptions.writeSackHeader(b, twoNops(b, at), sackEdges.length / 2);
            for (int i = 0; i < sackEdges.length; i += 2) {
                at = TcpOptions.writeSackBlock(b, at, sackEdges[i], sackEdges[i + 1]);
            }
        }
        return at;
    }

    private static int twoNops(ByteBuffer b, int at) {
        return TcpOptions.writeNop(b, TcpOptions.writeNop(b, at));
    }
}
