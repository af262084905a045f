package dev.heddle.demo.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hc.core5.http.HttpStatus;

/**
 * The path of a request, decoded and checked: no segment is empty, {@code .} or {@code ..}, none holds a slash or a
 * control character.
 *
 * @param segments the names between the slashes
 * @param directory whether it ended with a slash
 */
record RequestPath(List<String> segments, boolean directory) {

    private static final int MAX_LENGTH = 8_000;

    /** Takes a request target in origin form (RFC 9112 3.2.1); the query is cut off. */
    static RequestPath parse(String target) throws HttpError {
        if (target.length() > MAX_LENGTH) {
            throw new HttpError(HttpStatus.SC_REQUEST_URI_TOO_LONG, "the address is too long");
        }
        if (!target.startsWith("/")) {
            throw new HttpError(HttpStatus.SC_BAD_REQUEST, "the request target must begin with a slash");
        }
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        List<String> segments = new ArrayList<>();
        for (String raw : path.split("/", -1)) {
            String segment = decode(raw);
            if (segment.equals("..")) {
                throw new HttpError(HttpStatus.SC_FORBIDDEN, "the path leaves the directory");
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        return new RequestPath(List.copyOf(segments), path.endsWith("/") || path.endsWith("/."));
    }

    private static String decode(String raw) throws HttpError {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 2 >= raw.length()
                        || !HexFormat.isHexDigit(raw.charAt(i + 1))
                        || !HexFormat.isHexDigit(raw.charAt(i + 2))) {
                    throw malformed();
                }
                bytes.write(HexFormat.fromHexDigits(raw, i + 1, i + 3));
                i += 2;
            } else if (c > 0x20 && c < 0x7f) {
                bytes.write(c);
            } else {
                throw malformed();
            }
        }
        String segment;
        try {
            segment = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed();
        }
        if (segment.indexOf('/') >= 0
                || segment.indexOf('\\') >= 0
                || segment.chars().anyMatch(Character::isISOControl)) {
            throw malformed();
        }
        return segment;
    }

    private static HttpError malformed() {
        return new HttpError(HttpStatus.SC_BAD_REQUEST, "the address is malformed");
    }

    /** One name, encoded for a link. */
    static String encode(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || "-._~".indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /** The path again, encoded, with a slash at both ends. */
    String asDirectory() {
        StringBuilder path = new StringBuilder("/");
        segments.forEach(segment -> path.append(encode(segment)).append('/'));
        return path.toString();
    }
}
