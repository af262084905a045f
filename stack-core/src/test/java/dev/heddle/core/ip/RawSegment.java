package dev.heddle.core.ip;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;

/** A TCP segment made by hand, with whatever fields a test wants, of a peer that need not exist. */
public final class RawSegment {

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

    private RawSegment(IpAddress from, int fromPort, IpAddress to, int toPort) {
        this.from = from;
        this.fromPort = fromPort;
        this.to = to;
        this.toPort = toPort;
    }

    public static RawSegment between(IpAddress from, int fromPort, IpAddress to, int toPort) {
        return new RawSegment(from, fromPort, to, toPort);
    }

    public RawSegment syn(int iss) {
        return flags(TcpHeader.SYN).seq(iss);
    }

    public RawSegment synAck(int iss, int acknowledged) {
        return flags(TcpHeader.SYN | TcpHeader.ACK).seq(iss).ack(acknowledged);
    }

    public RawSegment ack(int seq, int acknowledged) {
        return flags(TcpHeader.ACK).seq(seq).ack(acknowledged);
    }

    public RawSegment rst(int seq) {
        return flags(TcpHeader.RST).seq(seq);
    }

    public RawSegment flags(int value) {
        flags = value;
        return this;
    }

    public RawSegment seq(int value) {
        sequence = value;
        return this;
    }

    public RawSegment ack(int value) {
        acknowledgment = value;
        return this;
    }

    /** Not scaled. */
    public RawSegment window(int value) {
        window = value;
        return this;
    }

    public RawSegment mss(int value) {
        mss = value;
        return this;
    }

    public RawSegment windowScale(int value) {
        windowScale = value;
        return this;
    }

    public RawSegment sackPermitted() {
        sackPermitted = true;
        return this;
    }

    public RawSegment timestamps(int value, int echo) {
        timestamps = true;
        timestampValue = value;
        timestampEcho = echo;
        return this;
    }

    /** Blocks by left and right edge: up to 4, with timestamps 3. */
    public RawSegment sack(int... edges) {
        sackEdges = edges.clone();
        return this;
    }

    public RawSegment payload(byte... bytes) {
        payload = bytes.clone();
        return this;
    }

    public RawSegment payload(int length) {
        payload = new byte[length];
        return this;
    }

    public RawSegment checksumZero() {
        checksumZero = true;
        return this;
    }

    public Packet packet() {
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

    /** The TCP header of a packet that a host sent, on a copy that stays. */
    public static TcpHeader headerOf(Packet sent) {
        Packet copy = new Packet(sent.length());
        copy.copyOf(sent);
        int ipBytes = IpOutput.headerBytes((copy.buffer().get(copy.offset()) & 0xf0) == 0x40);
        TcpHeader header = new TcpHeader();
        Refusal refusal = header.wrap(copy.buffer(), copy.offset() + ipBytes, copy.length() - ipBytes);
        if (refusal != Refusal.NONE) {
            throw new AssertionError(refusal.name());
        }
        return header;
    }
}
