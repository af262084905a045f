package dev.heddle.it.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Bytes without a pattern that need no room: each is a function of its position, so that a loss, a repetition or a
 * change of order anywhere changes the digest.
 */
public final class GeneratedContent {

    private static final int BLOCK_BYTES = 64 * 1024;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private GeneratedContent() {}

    /** Writes the first {@code length} bytes. */
    public static void write(long length, OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        for (long position = 0; position < length; position += BLOCK_BYTES) {
            fill(position, block);
            out.write(block, 0, (int) Math.min(BLOCK_BYTES, length - position));
        }
    }

    /** The first bytes, for content that is small. */
    public static byte[] bytes(int length) {
        byte[] all = new byte[Math.ceilDiv(length, Long.BYTES) * Long.BYTES];
        fill(0, all);
        return java.util.Arrays.copyOf(all, length);
    }

    private static void fill(long position, byte[] block) {
        for (int i = 0; i < block.length; i += Long.BYTES) {
            WORD.set(block, i, mix(position + i));
        }
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = (value + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** The SHA-256 of the first {@code length} bytes. */
    public static String sha256(long length) {
        try (DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest())) {
            write(length, out);
            return hex(out.getMessageDigest());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The SHA-256 of at most {@code limit} bytes of a stream, or of all up to its end. */
    public static String sha256(InputStream in, long limit) throws IOException {
        MessageDigest digest = digest();
        byte[] block = new byte[BLOCK_BYTES];
        long left = limit;
        while (left > 0) {
            int count = in.read(block, 0, (int) Math.min(block.length, left));
            if (count < 0) {
                break;
            }
            digest.update(block, 0, count);
            left -= count;
        }
        return hex(digest);
    }

    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
