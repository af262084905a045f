package dev.heddle.core.host;

import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;

/** A TCP segment made by hand, of a peer that need not exist. */
final class RawSegment {

    private final IpAddress from;
    private final int fromPort;
    private final IpAddress to;
    private final int toPort;
    private int flags;
    private int sequence;
    private int acknowledgment;
    private int mss;
    private boolean sackPermitted;
    private int windowScale = -1;
    private boolean timestamps;
    private int timestampValue;
    private int timestampEcho;
    private byte[] payload = {};

    private RawSegment(IpAddress from, int fromPort, IpAddress to, int toPort) {
        this.from = from;
        this.fromPort = fromPort;
        this.to = to;
        this.toPort = toPort;
    }

    static RawSegment of(IpAddress from, int fromPort, IpAddress to, int toPort) {
        return new RawSegment(from, fromPort, to, toPort);
    }

    RawSegment syn(int iss) {
        flags = TcpHeader.SYN;
        sequence = iss;
        return this;
    }

    RawSegment synAck(int iss, int ack) {
        flags = TcpHeader.SYN | TcpHeader.ACK;
        sequence = iss;
        acknowledgment = ack;
        return this;
    }

    RawSegment ack(int seq, int ack) {
        flags = TcpHeader.ACK;
        sequence = seq;
        acknowledgment = ack;
        return this;
    }

    RawSegment rst(int seq) {
        flags = TcpHeader.RST;
        sequence = seq;
        return this;
    }

    RawSegment mss(int bytes) {
        mss = bytes;
        return this;
    }

    RawSegment sackPermitted() {
        sackPermitted = true;
        return this;
    }

    RawSegment windowScale(int shift) {
        windowScale = shift;
        return this;
    }

    RawSegment timestamps(int value, int echo) {
        timestamps = true;
        timestampValue = value;
        timestampEcho = echo;
        return this;
    }

    RawSegment payload(byte... bytes) {
        payload = bytes.clone();
        return this;
    }

    Packet packet() {
        Packet packet = new Packet(Packet.HEADROOM + 100 + payload.length);
        ByteBuffer b = packet.buffer();
        int start = Packet.HEADROOM;
        int at = start + TcpHeader.HEADER_BYTES;
        if (mss > 0) {
            at = TcpOptions.writeMss(b, at, mss);
        }
        if (sackPermitted) {
            at = TcpOptions.writeSackPermitted(b, TcpOptions.writeNop(b, TcpOptions.writeNop(b, at)));
        }
        if (timestamps) {
            at = TcpOptions.writeTimestamps(
                    b, TcpOptions.writeNop(b, TcpOptions.writeNop(b, at)), timestampValue, timestampEcho);
        }
        if (windowScale >= 0) {
            at = TcpOptions.writeWindowScale(b, TcpOptions.writeNop(b, at), windowScale);
        }
        TcpHeader.write(b, start, fromPort, toPort, sequence, acknowledgment, at - start, flags, 65_535, 0);
        b.put(at, payload);
        int length = at - start + payload.length;
        packet.head(start, length);
        long pseudo = Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), TcpHeader.PROTOCOL, length);
        TcpHeader.checksum(b, start, Checksum.finish(Checksum.add(b, start, length, pseudo)));
        IpOutput.prepend(packet, from.high(), from.low(), to.high(), to.low(), TcpHeader.PROTOCOL, 0, 64, 1, 0);
        return packet;
    }

    /** The TCP header of a packet that a host sent, on a copy that stays. */
    static TcpHeader headerOf(Packet sent) {
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
