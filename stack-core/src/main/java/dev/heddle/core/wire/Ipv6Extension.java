package dev.heddle.core.wire;

import static dev.heddle.core.wire.Views.u16;
import static dev.heddle.core.wire.Views.u8;

import java.nio.ByteBuffer;

/** The extension headers of IPv6 (RFC 8200 4): their numbers and lengths. */
public final class Ipv6Extension {

    /** The number of the fragment header. */
    public static final int FRAGMENT = 44;

    /** The bytes of a fragment header. */
    public static final int FRAGMENT_BYTES = 8;

    /** RFC 8504 5.3 lets a host limit the chain; the recommended order of RFC 8200 4.1 has seven headers. */
    static final int MOST = 8;

    static final int HOP_BY_HOP = 0;
    static final int ROUTING = 43;
    static final int NO_NEXT_HEADER = 59;
    static final int DESTINATION_OPTIONS = 60;
    private static final int AUTHENTICATION = 51;

    private Ipv6Extension() {}

    static boolean isOne(int nextHeader) {
        return switch (nextHeader) {
            case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, NO_NEXT_HEADER, DESTINATION_OPTIONS -> true;
            default -> false;
        };
    }

    static int bytes(ByteBuffer b, int kind, int at) {
        int lengthField = u8(b, at + 1);
        return switch (kind) {
            case FRAGMENT -> FRAGMENT_BYTES; // its second byte is reserved
            case AUTHENTICATION -> (lengthField + 2) << 2; // RFC 4302 2.2: in words of four bytes
            default -> (lengthField + 1) << 3;
        };
    }

    /**
     * Writes a fragment header.
     *
     * @param nextHeader what is behind it
     * @param fragmentOffsetBytes a multiple of 8
     * @param moreFragments whether it is not the last one
     */
    public static void writeFragment(
            ByteBuffer b, int at, int nextHeader, int fragmentOffsetBytes, boolean moreFragments, int identification) {
        b.putInt(at, (nextHeader & 0xff) << 24 | fragmentOffsetBytes | (moreFragments ? Ipv6Header.MORE_FRAGMENTS : 0));
        b.putInt(at + 4, identification);
    }

    /**
     * Where the header of an upper-layer protocol starts in a packet that may be malformed, relative to it; −1 if it is not
     * there.
     *
     * @param length the bytes that are there, at least 40
     */
    public static int find(int protocol, ByteBuffer b, int packetOffset, int length) {
        int next = u8(b, packetOffset + Ipv6Header.NEXT_HEADER);
        int at = Ipv6Header.HEADER_BYTES;
        for (int count = 0; isOne(next) && count <= MOST; count++) {
            if (next == NO_NEXT_HEADER || at + 8 > length) {
                return -1;
            }
            int header = packetOffset + at;
            boolean later = next == FRAGMENT && (u16(b, header + 2) & Ipv6Header.FRAGMENT_OFFSET) != 0;
            at += bytes(b, next, header);
            next = u8(b, header);
            if (later) {
                return -1;
            }
        }
        return next == protocol && at < length ? at : -1;
    }
}
