package dev.heddle.core.wire;

import java.nio.ByteBuffer;

/** What the views share. */
final class Views {

    /** What a view looks at before it is wrapped: every getter then throws {@link IndexOutOfBoundsException}. */
    static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private Views() {}

    static int u8(ByteBuffer b, int at) {
        return b.get(at) & 0xff;
    }

    static int u16(ByteBuffer b, int at) {
        return b.getShort(at) & 0xffff;
    }
}
