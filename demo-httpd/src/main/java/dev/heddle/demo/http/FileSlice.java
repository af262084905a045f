package dev.heddle.demo.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A part of a file as the body of an answer, read while it is sent. */
final class FileSlice extends AbstractHttpEntity {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Path file;
    private final ByteRanges.Part part;

    FileSlice(Path file, ByteRanges.Part part, ContentType type) {
        super(type, null);
        this.file = file;
        this.part = part;
    }

    @Override
    public long getContentLength() {
        return part.length();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        copy(file, part, out);
    }

    /** Copies a part of a file; if the file has become shorter meanwhile this fails, and the client sees a short answer. */
    static void copy(Path file, ByteRanges.Part part, OutputStream out) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(part.first());
            long left = part.length();
            byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, left)];
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new EOFException(file + " was cut while it was sent");
                }
                out.write(buffer, 0, count);
                left -= count;
            }
        }
    }

    @Override
    public InputStream getContent() {
        throw new UnsupportedOperationException("is written, not read");
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {}
}
