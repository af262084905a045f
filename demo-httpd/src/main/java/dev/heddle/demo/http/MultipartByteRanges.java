package dev.heddle.demo.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicNameValuePair;

/** Several parts of a file in one body (RFC 9110 14.6). */
final class MultipartByteRanges extends AbstractHttpEntity {

    private final Path file;
    private final List<ByteRanges.Part> parts;
    private final List<byte[]> heads = new ArrayList<>();
    private final byte[] end;
    private final long contentLength;

    private MultipartByteRanges(Path file, List<ByteRanges.Part> parts, long size, String partType, String boundary) {
        super(
                ContentType.create("multipart/byteranges").withParameters(new BasicNameValuePair("boundary", boundary)),
                null);
        this.file = file;
        this.parts = parts;
        long length = 0;
        for (ByteRanges.Part part : parts) {
            byte[] head = ascii("\r\n--" + boundary + "\r\nContent-Type: " + partType + "\r\nContent-Range: "
                    + part.contentRange(size) + "\r\n\r\n");
            heads.add(head);
            length += head.length + part.length();
        }
        end = ascii("\r\n--" + boundary + "--\r\n");
        contentLength = length + end.length;
    }

    /** A body of these parts of a file that is {@code size} bytes long. */
    static MultipartByteRanges of(Path file, List<ByteRanges.Part> parts, long size, ContentType partType) {
        String boundary = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return new MultipartByteRanges(file, parts, size, partType.toString(), boundary);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public long getContentLength() {
        return contentLength;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (int i = 0; i < parts.size(); i++) {
            out.write(heads.get(i));
            FileSlice.copy(file, parts.get(i), out);
        }
        out.write(end);
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
