package dev.heddle.core.tcp;

/** How large a buffer may become: a size that the application has set, or one that grows by itself up to a maximum. */
final class BufferLimit {

    private int bytes;
    private int maxBytes;

    BufferLimit(int bytes, int maxBytes) {
        appoint(bytes, maxBytes);
    }

    /** Takes what the options say; what has grown within their bounds stays. */
    void appoint(int leastBytes, int mostBytes) {
        bytes = Math.clamp(bytes, leastBytes, mostBytes);
        maxBytes = mostBytes;
    }

    int bytes() {
        return bytes;
    }

    boolean mayGrow() {
        return bytes < maxBytes;
    }

    /** Grows to a size, as far as it may. */
    void raise(long wantedBytes) {
        bytes = (int) Math.max(bytes, Math.min(wantedBytes, maxBytes));
    }
}
