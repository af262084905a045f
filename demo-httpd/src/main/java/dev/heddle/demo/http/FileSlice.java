package dev.heddle.demo.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;

/** A part of a file, read while it is sent. */
record FileSlice(Path file, ByteRanges.Part part) {

    private static final int BUFFER_BYTES = 64 * 1024;

    /** The body of an answer that is this part alone. */
    HttpEntity body(ContentType type) {
        return new EntityTemplate(part.length(), type, null, this::writeTo);
    }

    /** Writes it; if the file has become shorter meanwhile this fails, and the client sees a short answer. */
    void writeTo(OutputStream out) throws IOException {
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
}
