package dev.heddle.core.wire;

import java.nio.ByteBuffer;

/**
 * The options of a TCP header (RFC 9293 3.2): parsed in one pass and then asked, and written by the static methods. Of an
 * option that comes twice the last counts. SACK blocks are read from the segment's buffer when they are asked for.
 */
public final class TcpOptions {

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int MSS = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    private static final int USER_TIMEOUT = 28;
    private static final int FAST_OPEN = 34;
    private static final int ACC_ECN_0 = 172;
    private static final int ACC_ECN_1 = 174;

    /** The bytes that each option takes, without padding. */
    public static final int MSS_BYTES = 4;

    public static final int WINDOW_SCALE_BYTES = 3;
    public static final int SACK_PERMITTED_BYTES = 2;
    public static final int TIMESTAMPS_BYTES = 10;
    public static final int SACK_HEADER_BYTES = 2;
    public static final int SACK_BLOCK_BYTES = 8;
    public static final int USER_TIMEOUT_BYTES = 4;

    /** The most bytes that options can take: the data offset has four bits. */
    public static final int MAX_BYTES = 40;

    /** NOP, NOP, kind and length of the timestamps: how nearly every segment begins (RFC 7323 appendix A). */
    private static final int ALIGNED_TIMESTAMPS = NOP << 24 | NOP << 16 | TIMESTAMPS << 8 | TIMESTAMPS_BYTES;

    /** Bits of {@link #present}. */
    private static final int HAS_MSS = 1;

    private static final int HAS_WINDOW_SCALE = 2;
    private static final int HAS_SACK_PERMITTED = 4;
    private static final int HAS_TIMESTAMPS = 8;
    private static final int HAS_FAST_OPEN = 16;
    private static final int HAS_ACC_ECN = 32;
    private static final int HAS_USER_TIMEOUT = 64;

    private ByteBuffer buffer = Views.EMPTY;
    private int present;
    private int mss;
    private int windowScale;
    private int timestampValue;
    private int timestampEcho;
    private int userTimeoutSeconds;
    private int sackBlocks;
    private int sackOffset;
    private int fastOpenOffset;
    private int fastOpenBytes;

    TcpOptions() {}

    /**
     * Parses the options in [at, end), which the buffer is known to hold, wherever each begins (RFC 9293 MUST-4, MUST-5,
     * MUST-64).
     */
    Refusal parse(ByteBuffer b, int at, int end) {
        buffer = b;
        sackBlocks = 0;
        if (end - at == TIMESTAMPS_BYTES + 2 && b.getInt(at) == ALIGNED_TIMESTAMPS) {
            present = HAS_TIMESTAMPS;
            timestampValue = b.getInt(at + 4);
            timestampEcho = b.getInt(at + 8);
            return Refusal.NONE;
        }
        present = 0;
        int i = at;
        while (i < end) {
            int kind = b.get(i) & 0xff;
            if (kind == NOP) {
                i++;
                continue;
            }
            if (kind == END) {
                return Refusal.NONE;
            }
            if (i + 1 == end) {
                return Refusal.TCP_OPTION_LENGTH;
            }
            int length = b.get(i + 1) & 0xff;
            if (length < 2 || i + length > end) {
                return Refusal.TCP_OPTION_LENGTH;
            }
            if (!take(b, i, kind, length)) {
                return Refusal.TCP_OPTION_MALFORMED;
            }
            i += length;
        }
        return Refusal.NONE;
    }

    /** Notes one well-framed option; false if its kind cannot have this length. */
    private boolean take(ByteBuffer b, int at, int kind, int length) {
        switch (kind) {
            case MSS -> {
                if (length != MSS_BYTES) {
                    return false;
                }
                mss = b.getShort(at + 2) & 0xffff;
                present |= HAS_MSS;
            }
            case WINDOW_SCALE -> {
                if (length != WINDOW_SCALE_BYTES) {
                    return false;
                }
                windowScale = b.get(at + 2) & 0xff;
                present |= HAS_WINDOW_SCALE;
            }
            case SACK_PERMITTED -> {
                if (length != SACK_PERMITTED_BYTES) {
                    return false;
                }
                present |= HAS_SACK_PERMITTED;
            }
            case SACK -> {
                int blockBytes = length - SACK_HEADER_BYTES;
                if (blockBytes == 0 || blockBytes % SACK_BLOCK_BYTES != 0) {
                    return false;
                }
                sackBlocks = blockBytes / SACK_BLOCK_BYTES;
                sackOffset = at + SACK_HEADER_BYTES;
            }
            case TIMESTAMPS -> {
                if (length != TIMESTAMPS_BYTES) {
                    return false;
                }
                timestampValue = b.getInt(at + 2);
                timestampEcho = b.getInt(at + 6);
                present |= HAS_TIMESTAMPS;
            }
            case USER_TIMEOUT -> takeUserTimeout(b, at, length);
            case FAST_OPEN -> takeFastOpen(at, length);
            case ACC_ECN_0, ACC_ECN_1 -> {
                // RFC 9768 3.2.3: none to three counters of three bytes
                if (length <= 11 && length % 3 == 2) {
                    present |= HAS_ACC_ECN;
                }
            }
            default -> {
                // RFC 9293 MUST-6: unknown options are ignored
            }
        }
        return true;
    }

    private void takeFastOpen(int at, int length) {
        // RFC 7413 4.1.1: a request without cookie or 4 to 16 bytes, an even number; other lengths must be ignored
        int cookieBytes = length - 2;
        if (cookieBytes == 0 || (cookieBytes >= 4 && cookieBytes <= 16 && cookieBytes % 2 == 0)) {
            fastOpenOffset = at + 2;
            fastOpenBytes = cookieBytes;
            present |= HAS_FAST_OPEN;
        }
    }

    /** Advice that a segment need not be refused for (RFC 5482 3.3, 3.4). */
    private void takeUserTimeout(ByteBuffer b, int at, int length) {
        if (length != USER_TIMEOUT_BYTES) {
            return;
        }
        int field = b.getShort(at + 2) & 0xffff;
        int value = field & 0x7fff;
        if (value > 0) {
            userTimeoutSeconds = field > value ? value * 60 : value;
            present |= HAS_USER_TIMEOUT;
        }
    }

    /** The maximum segment size, 0 to 65,535; −1 if absent. */
    public int mss() {
        return (present & HAS_MSS) != 0 ? mss : -1;
    }

    /** The shift count as it was sent: more than 14 is possible and must be taken as 14 (RFC 7323 2.3); −1 if absent. */
    public int windowScale() {
        return (present & HAS_WINDOW_SCALE) != 0 ? windowScale : -1;
    }

    /** The user timeout that the peer suggests, in seconds (RFC 5482); −1 if absent or reserved. */
    public int userTimeoutSeconds() {
        return (present & HAS_USER_TIMEOUT) != 0 ? userTimeoutSeconds : -1;
    }

    public boolean sackPermitted() {
        return (present & HAS_SACK_PERMITTED) != 0;
    }

    public boolean hasTimestamps() {
        return (present & HAS_TIMESTAMPS) != 0;
    }

    /** TSval (RFC 7323 3.2); meaningless without {@link #hasTimestamps()}. */
    public int timestampValue() {
        return timestampValue;
    }

    /** TSecr (RFC 7323 3.2); meaningless without {@link #hasTimestamps()}. */
    public int timestampEcho() {
        return timestampEcho;
    }

    /** The number of SACK blocks, 0 to 4 (RFC 2018 3). */
    public int sackBlocks() {
        return sackBlocks;
    }

    /** The first sequence number of block {@code i}, counted from 0. */
    public int sackLeft(int i) {
        return buffer.getInt(sackOffset + SACK_BLOCK_BYTES * i);
    }

    /** The sequence number behind block {@code i}. */
    public int sackRight(int i) {
        return buffer.getInt(sackOffset + SACK_BLOCK_BYTES * i + 4);
    }

    /** Whether there is a well-formed fast-open option: a cookie, or the request for one (RFC 7413 4.1.1). */
    public boolean hasFastOpenCookie() {
        return (present & HAS_FAST_OPEN) != 0;
    }

    /** Where the fast-open cookie starts, absolute in the segment's buffer; meaningless without one. */
    public int fastOpenCookieOffset() {
        return fastOpenOffset;
    }

    /** The bytes of the fast-open cookie: 4 to 16, 0 for a request; meaningless without the option. */
    public int fastOpenCookieBytes() {
        return fastOpenBytes;
    }

    /** Whether there is an AccECN option of either order (RFC 9768 3.2.3). */
    public boolean hasAccEcn() {
        return (present & HAS_ACC_ECN) != 0;
    }

    /** Writes the option and returns the offset behind it, as all the writers do. */
    public static int writeMss(ByteBuffer b, int at, int mss) {
        b.putInt(at, MSS << 24 | MSS_BYTES << 16 | (mss & 0xffff));
        return at + MSS_BYTES;
    }

    public static int writeWindowScale(ByteBuffer b, int at, int shift) {
        b.putShort(at, (short) (WINDOW_SCALE << 8 | WINDOW_SCALE_BYTES));
        b.put(at + 2, (byte) shift);
        return at + WINDOW_SCALE_BYTES;
    }

    public static int writeSackPermitted(ByteBuffer b, int at) {
        b.putShort(at, (short) (SACK_PERMITTED << 8 | SACK_PERMITTED_BYTES));
        return at + SACK_PERMITTED_BYTES;
    }

    public static int writeTimestamps(ByteBuffer b, int at, int value, int echo) {
        b.putShort(at, (short) (TIMESTAMPS << 8 | TIMESTAMPS_BYTES));
        b.putInt(at + 2, value);
        b.putInt(at + 6, echo);
        return at + TIMESTAMPS_BYTES;
    }

    /** Writes kind and length of a SACK option; {@code blocks} (1 to 4) calls of {@link #writeSackBlock} must follow. */
    public static int writeSackHeader(ByteBuffer b, int at, int blocks) {
        b.putShort(at, (short) (SACK << 8 | (SACK_HEADER_BYTES + SACK_BLOCK_BYTES * blocks)));
        return at + SACK_HEADER_BYTES;
    }

    public static int writeSackBlock(ByteBuffer b, int at, int left, int right) {
        b.putInt(at, left);
        b.putInt(at + 4, right);
        return at + SACK_BLOCK_BYTES;
    }

    /** The User Timeout Option (RFC 5482 3.3): granularity bit and value as they are on the wire. */
    public static int writeUserTimeout(ByteBuffer b, int at, int field) {
        b.putInt(at, USER_TIMEOUT << 24 | USER_TIMEOUT_BYTES << 16 | (field & 0xffff));
        return at + USER_TIMEOUT_BYTES;
    }

    public static int writeNop(ByteBuffer b, int at) {
        b.put(at, (byte) NOP);
        return at + 1;
    }

    public static int writeEnd(ByteBuffer b, int at) {
        b.put(at, (byte) END);
        return at + 1;
    }
}
