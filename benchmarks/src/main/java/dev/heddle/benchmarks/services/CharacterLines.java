package dev.heddle.benchmarks.services;

/** The pattern of RFC 864: lines of 72 of the 95 printing characters, each line beginning one character later. */
public final class CharacterLines {

    private static final int FIRST = ' ';
    private static final int CHARACTERS = 95;
    private static final int LINE_CHARACTERS = 72;
    private static final int LINE_BYTES = LINE_CHARACTERS + 2;

    /** As many whole patterns as fit well into 64 KiB. */
    private static final byte[] PERIOD = new byte[9 * CHARACTERS * LINE_BYTES];

    static {
        for (int i = 0; i < PERIOD.length; i++) {
            PERIOD[i] = at(i);
        }
    }

    private CharacterLines() {}

    /** The byte at a position of the stream. */
    public static byte at(long position) {
        long line = position / LINE_BYTES;
        int column = (int) (position % LINE_BYTES);
        if (column >= LINE_CHARACTERS) {
            return (byte) (column == LINE_CHARACTERS ? '\r' : '\n');
        }
        return (byte) (FIRST + (line + column) % CHARACTERS);
    }

    /** Some 64 KiB of the stream, after which it repeats; nobody changes them. */
    static byte[] period() {
        return PERIOD;
    }
}
