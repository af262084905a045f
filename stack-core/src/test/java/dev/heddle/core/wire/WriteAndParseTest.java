package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Parsing what was written gives what was meant. */
class WriteAndParseTest {

    private static final int AT = 3;

    @Property(tries = 500)
    void ipv4(
            @ForAll @IntRange(min = 20, max = 200) int totalLength,
            @ForAll @IntRange(max = 0xffff) int identification,
            @ForAll boolean dontFragment,
            @ForAll @IntRange(max = 255) int ttl,
            @ForAll @IntRange(max = 255) int protocol,
            @ForAll @IntRange(max = 255) int tos,
            @ForAll int source,
            @ForAll int destination) {
        ByteBuffer b = dirty(AT + totalLength);
        Ipv4Header.write(b, AT, totalLength, identification, dontFragment, ttl, protocol, tos, source, destination);
        Ipv4Header header = new Ipv4Header();
        assertThat(header.wrap(b, AT, totalLength)).isEqualTo(Refusal.NONE);
        assertThat(header.verifyChecksum()).isTrue();
        assertThat(header.totalLength()).isEqualTo(totalLength);
        assertThat(header.identification()).isEqualTo(identification);
        assertThat(header.dontFragment()).isEqualTo(dontFragment);
        assertThat(header.isFragment()).isFalse();
        assertThat(header.ttl()).isEqualTo(ttl);
        assertThat(header.protocol()).isEqualTo(protocol);
        assertThat(header.trafficClass()).isEqualTo(tos);
        assertThat(header.source()).isEqualTo(source);
        assertThat(header.destination()).isEqualTo(destination);
        assertThat(header.transportOffset()).isEqualTo(AT + 20);
        assertThat(header.transportLength()).isEqualTo(totalLength - 20);
    }

    @Property(tries = 500)
    void ipv6(
            @ForAll @IntRange(max = 200) int payloadLength,
            @ForAll @IntRange(max = 255) int hopLimit,
            @ForAll @IntRange(max = 255) int trafficClass,
            @ForAll @IntRange(max = 0xf_ffff) int flowLabel,
            @ForAll long sourceHigh,
            @ForAll long sourceLow,
            @ForAll long destinationHigh,
            @ForAll long destinationLow) {
        int length = Ipv6Header.HEADER_BYTES + payloadLength;
        ByteBuffer b = dirty(AT + length);
        Ipv6Header.write(
                b,
                AT,
                payloadLength,
                TcpHeader.PROTOCOL,
                hopLimit,
                trafficClass,
                flowLabel,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow);
        Ipv6Header header = new Ipv6Header();
        assertThat(header.wrap(b, AT, length)).isEqualTo(Refusal.NONE);
        assertThat(header.payloadLength()).isEqualTo(payloadLength);
        assertThat(header.protocol()).isEqualTo(TcpHeader.PROTOCOL);
        assertThat(header.hopLimit()).isEqualTo(hopLimit);
        assertThat(header.trafficClass()).isEqualTo(trafficClass);
        assertThat(header.flowLabel()).isEqualTo(flowLabel);
        assertThat(header.sourceHigh()).isEqualTo(sourceHigh);
        assertThat(header.sourceLow()).isEqualTo(sourceLow);
        assertThat(header.destinationHigh()).isEqualTo(destinationHigh);
        assertThat(header.destinationLow()).isEqualTo(destinationLow);
        assertThat(header.transportOffset()).isEqualTo(AT + 40);
        assertThat(header.transportLength()).isEqualTo(payloadLength);
    }

    @Property(tries = 500)
    @Requirement("RFC9293:3.1")
    void tcp(
            @ForAll @IntRange(max = 0xffff) int sourcePort,
            @ForAll @IntRange(max = 0xffff) int destinationPort,
            @ForAll int sequence,
            @ForAll int acknowledgment,
            @ForAll @IntRange(max = 0xff) int flags,
            @ForAll @IntRange(max = 0xffff) int window,
            @ForAll @IntRange(max = 0xffff) int urgent,
            @ForAll @IntRange(max = 10) int optionWords) {
        int headerBytes = TcpHeader.HEADER_BYTES + 4 * optionWords;
        ByteBuffer b = dirty(AT + headerBytes + 5);
        TcpHeader.write(
                b, AT, sourcePort, destinationPort, sequence, acknowledgment, headerBytes, flags, window, urgent);
        for (int i = AT + TcpHeader.HEADER_BYTES; i < AT + headerBytes; ) {
            i = TcpOptions.writeNop(b, i);
        }
        assertThat(b.getShort(AT + TcpHeader.CHECKSUM_OFFSET)).isZero();
        TcpHeader.checksum(b, AT, Checksum.finish(Checksum.add(b, AT, headerBytes + 5, 77)));

        TcpHeader header = new TcpHeader();
        assertThat(header.wrap(b, AT, headerBytes + 5)).isEqualTo(Refusal.NONE);
        assertThat(header.verifyChecksum(77)).isTrue();
        assertThat(header.sourcePort()).isEqualTo(sourcePort);
        assertThat(header.destinationPort()).isEqualTo(destinationPort);
        assertThat(header.sequence()).isEqualTo(sequence);
        assertThat(header.acknowledgment()).isEqualTo(acknowledgment);
        assertThat(header.flags()).isEqualTo(flags);
        assertThat(header.isFin()).isEqualTo((flags & TcpHeader.FIN) != 0);
        assertThat(header.isSyn()).isEqualTo((flags & TcpHeader.SYN) != 0);
        assertThat(header.isRst()).isEqualTo((flags & TcpHeader.RST) != 0);
        assertThat(header.isPsh()).isEqualTo((flags & TcpHeader.PSH) != 0);
        assertThat(header.isAck()).isEqualTo((flags & TcpHeader.ACK) != 0);
        assertThat(header.isUrg()).isEqualTo((flags & TcpHeader.URG) != 0);
        assertThat(header.isEce()).isEqualTo((flags & TcpHeader.ECE) != 0);
        assertThat(header.isCwr()).isEqualTo((flags & TcpHeader.CWR) != 0);
        assertThat(header.window()).isEqualTo(window);
        assertThat(header.urgentPointer()).isEqualTo(urgent);
        assertThat(header.headerBytes()).isEqualTo(headerBytes);
        assertThat(header.payloadOffset()).isEqualTo(AT + headerBytes);
        assertThat(header.payloadLength()).isEqualTo(5);
        assertThat(header.buffer()).isSameAs(b);
    }

    @Property(tries = 300)
    void udp(
            @ForAll @IntRange(max = 0xffff) int sourcePort,
            @ForAll @IntRange(max = 0xffff) int destinationPort,
            @ForAll @Size(max = 40) byte[] payload,
            @ForAll @IntRange(max = 3) int padding) {
        int length = UdpHeader.HEADER_BYTES + payload.length;
        ByteBuffer b = dirty(AT + length + padding);
        UdpHeader.write(b, AT, sourcePort, destinationPort, length);
        b.put(AT + UdpHeader.HEADER_BYTES, payload);
        assertThat(b.getShort(AT + UdpHeader.CHECKSUM_OFFSET)).isZero();
        UdpHeader header = new UdpHeader();
        assertThat(header.wrap(b, AT, length + padding)).isEqualTo(Refusal.NONE);
        assertThat(header.hasChecksum()).isFalse();
        UdpHeader.checksum(b, AT, Checksum.finish(Checksum.add(b, AT, length, 1234)));
        assertThat(header.hasChecksum()).isTrue();
        assertThat(header.verifyChecksum(1234)).isTrue();
        assertThat(header.sourcePort()).isEqualTo(sourcePort);
        assertThat(header.destinationPort()).isEqualTo(destinationPort);
        assertThat(header.length()).isEqualTo(length);
        assertThat(header.payloadOffset()).isEqualTo(AT + 8);
        assertThat(header.payloadLength()).isEqualTo(payload.length);
    }

    @Property(tries = 300)
    void icmp(
            @ForAll @IntRange(max = 255) int type,
            @ForAll @IntRange(max = 255) int code,
            @ForAll int rest,
            @ForAll @Size(max = 40) byte[] body) {
        int length = IcmpMessage.HEADER_BYTES + body.length;
        ByteBuffer b = dirty(AT + length);
        IcmpMessage.write(b, AT, type, code, rest);
        b.put(AT + IcmpMessage.HEADER_BYTES, body);
        IcmpMessage.checksum(b, AT, Checksum.finish(Checksum.add(b, AT, length, 0)));
        IcmpMessage message = new IcmpMessage();
        assertThat(message.wrap(b, AT, length)).isEqualTo(Refusal.NONE);
        assertThat(message.verifyChecksum(0)).isTrue();
        assertThat(message.type()).isEqualTo(type);
        assertThat(message.code()).isEqualTo(code);
        assertThat(message.identifier()).isEqualTo(rest >>> 16);
        assertThat(message.sequence()).isEqualTo(rest & 0xffff);
        assertThat(message.mtuV4()).isEqualTo(rest & 0xffff);
        assertThat(message.mtuV6()).isEqualTo(rest & 0xffff_ffffL);
        assertThat(message.bodyOffset()).isEqualTo(AT + 8);
        assertThat(message.bodyLength()).isEqualTo(body.length);
    }

    /** Memory in use before: a writer that forgets a field is found out. */
    private static ByteBuffer dirty(int bytes) {
        ByteBuffer b = ByteBuffer.allocate(bytes);
        for (int i = 0; i < bytes; i++) {
            b.put(i, (byte) 0xee);
        }
        return b;
    }
}
