package dev.heddle.core.icmp;

import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;

/** The start of the packet that an ICMP error speaks of, as the error quotes it. */
final class QuotedPacket {

    /** What every error quotes of the transport (RFC 792): enough for ports and a sequence number. */
    private static final int QUOTED_TRANSPORT_BYTES = 8;

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();

    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int protocol;
    private int sourcePort;
    private int destinationPort;
    private int sequence;
    private boolean echoRequest;
    private int packetBytes;

    /** Reads the body of an error message. After a refusal the rest means nothing. */
    Refusal read(IcmpMessage message, boolean isIpv4) {
        int transportOffset;
        boolean laterFragment;
        if (isIpv4) {
            if (ipv4.wrapQuoted(message.buffer(), message.bodyOffset(), message.bodyLength()) != Refusal.NONE) {
                return Refusal.ICMP_QUOTE;
            }
            sourceHigh = 0;
            sourceLow = IpAddress.mapped(ipv4.source());
            destinationHigh = 0;
            destinationLow = IpAddress.mapped(ipv4.destination());
            protocol = ipv4.protocol();
            packetBytes = ipv4.totalLength();
            transportOffset = ipv4.transportOffset();
            laterFragment = ipv4.fragmentOffsetBytes() != 0;
        } else {
            if (ipv6.wrapQuoted(message.buffer(), message.bodyOffset(), message.bodyLength()) != Refusal.NONE) {
                return Refusal.ICMP_QUOTE;
            }
            sourceHigh = ipv6.sourceHigh();
            sourceLow = ipv6.sourceLow();
            destinationHigh = ipv6.destinationHigh();
            destinationLow = ipv6.destinationLow();
            protocol = ipv6.protocol();
            packetBytes = ipv6.totalLength();
            transportOffset = ipv6.transportOffset();
            laterFragment = ipv6.isFragment() && ipv6.fragmentOffsetBytes() != 0;
        }
        int left = message.bodyOffset() + message.bodyLength() - transportOffset;
        boolean whole = !laterFragment && left >= QUOTED_TRANSPORT_BYTES;
        echoRequest = false;
        if (hasPorts()) {
            if (!whole) {
                return Refusal.ICMP_QUOTE;
            }
            readTransport(message.buffer(), transportOffset);
            return Refusal.NONE;
        }
        sourcePort = 0;
        destinationPort = 0;
        sequence = 0;
        if (whole) {
            readEchoRequest(message.buffer(), transportOffset, isIpv4);
        }
        return Refusal.NONE;
    }

    private void readEchoRequest(ByteBuffer b, int at, boolean isIpv4) {
        int type = b.get(at) & 0xff;
        echoRequest = isIpv4
                ? protocol == IcmpMessage.PROTOCOL_V4 && type == IcmpTypes.V4_ECHO_REQUEST
                : protocol == IcmpMessage.PROTOCOL_V6 && type == IcmpTypes.V6_ECHO_REQUEST;
        if (echoRequest) {
            int name = b.getInt(at + 4);
            sourcePort = name >>> 16;
            sequence = name & 0xffff;
        }
    }

    private void readTransport(ByteBuffer b, int at) {
        int ports = b.getInt(at);
        sourcePort = ports >>> 16;
        destinationPort = ports & 0xffff;
        sequence = b.getInt(at + 4);
    }

    long sourceHigh() {
        return sourceHigh;
    }

    long sourceLow() {
        return sourceLow;
    }

    /** Whether it is of a transport that has ports: TCP or UDP. */
    boolean hasPorts() {
        return protocol == TcpHeader.PROTOCOL || protocol == UdpHeader.PROTOCOL;
    }

    /** Whether it is an ICMP message. */
    boolean isIcmp() {
        return protocol == IcmpMessage.PROTOCOL_V4 || protocol == IcmpMessage.PROTOCOL_V6;
    }

    /** Whether it is the start of an echo request, whose identifier then stands for the source port. */
    boolean isEchoRequest() {
        return echoRequest;
    }

    IcmpError error(IcmpError.Kind kind, int mtu) {
        return new IcmpError(
                kind,
                mtu,
                protocol,
                sourceHigh,
                sourceLow,
                sourcePort,
                destinationHigh,
                destinationLow,
                destinationPort,
                packetBytes,
                sequence);
    }
}
