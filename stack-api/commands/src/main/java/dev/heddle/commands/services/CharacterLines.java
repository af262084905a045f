package dev.heddle.commands.services;

/** The pattern of RFC 864: lines of 72 of the 95 printing characters, each line beginning one character later. */
final class CharacterLines {

    private static final int FIRST = ' ';
    private static final int CHARACTERS = 95;
    private static final int LINE_CHARACTERS = 72;
    private static final int LINE_BYTES = LINE_CHARACTERS + 2;

    /** How many bytes there are before they repeat. */
    static final int PERIOD_BYTES = CHARACTERS * LINE_BYTES;

    private CharacterLines() {}

    /** Some bytes of the stream from a position on. */
    static byte[] from(long position, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(position + i);
        }
        return bytes;
    }

    private static byte at(long position) {
        long line = position / LINE_BYTES;
        int column = (int) (position % LINE_BYTES);
        if (column >= LINE_CHARACTERS) {
            return (byte) (column == LINE_CHARACTERS ? '\r' : '\n');
        }
        return (byte) (FIRST + (line + column) % CHARACTERS);
    }
}
