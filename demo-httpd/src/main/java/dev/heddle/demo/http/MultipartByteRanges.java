package dev.heddle.demo.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicNameValuePair;

/** Several parts of a file in one body (RFC 9110 14.6). */
final class MultipartByteRanges {

    private final Path file;
    private final List<ByteRanges.Part> parts;
    private final String boundary = Long.toHexString(ThreadLocalRandom.current().nextLong());
    private final List<byte[]> heads = new ArrayList<>();
    private final byte[] end;
    private final long contentLength;

    /** These parts of a file that is {@code size} bytes long. */
    MultipartByteRanges(Path file, List<ByteRanges.Part> parts, long size, ContentType partType) {
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

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    HttpEntity body() {
        ContentType type =
                ContentType.create("multipart/byteranges").withParameters(new BasicNameValuePair("boundary", boundary));
        return new EntityTemplate(contentLength, type, null, this::writeTo);
    }

    private void writeTo(OutputStream out) throws IOException {
        for (int i = 0; i < parts.size(); i++) {
            out.write(heads.get(i));
            new FileSlice(file, parts.get(i)).writeTo(out);
        }
        out.write(end);
    }
}
