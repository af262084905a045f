package dev.heddle.core.wire;

import static dev.heddle.core.wire.Views.u8;

import java.nio.ByteBuffer;

/** What is asked of a transport's header before it is looked at itself. */
final class TransportHeader {

    private static final int TCP_DATA_OFFSET = 12;

    private TransportHeader() {}

    /**
     * Whether the whole header is there, TCP's options included; of transports that are not known nothing is asked.
     *
     * @param bytes what is there from {@code at} on; not positive if the headers before it are cut off
     */
    static boolean isWhole(ByteBuffer b, int protocol, int at, int bytes) {
        return switch (protocol) {
            case TcpHeader.PROTOCOL ->
                bytes >= TcpHeader.HEADER_BYTES && bytes >= (u8(b, at + TCP_DATA_OFFSET) >>> 4) << 2;
            case UdpHeader.PROTOCOL -> bytes >= UdpHeader.HEADER_BYTES;
            case IcmpMessage.PROTOCOL_V4, IcmpMessage.PROTOCOL_V6 -> bytes >= IcmpMessage.HEADER_BYTES;
            default -> bytes > 0;
        };
    }
}
