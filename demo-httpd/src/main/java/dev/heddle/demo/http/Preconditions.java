package dev.heddle.demo.http;

import java.time.Instant;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * Conditional requests (RFC 9110 13) for one representation.
 *
 * @param entityTag a strong entity tag with its quotes
 * @param lastModified in whole seconds
 */
record Preconditions(String entityTag, Instant lastModified) {

    enum Outcome {
        PROCEED,
        NOT_MODIFIED,
        FAILED
    }

    /** In the order of RFC 9110 13.2.2, for GET and HEAD. */
    Outcome evaluate(ClassicHttpRequest request) {
        if (request.containsHeader(HttpHeaders.IF_MATCH)) {
            if (!anyMatches(request, HttpHeaders.IF_MATCH, false)) {
                return Outcome.FAILED;
            }
        } else if (date(request, HttpHeaders.IF_UNMODIFIED_SINCE)
                .filter(lastModified::isAfter)
                .isPresent()) {
            return Outcome.FAILED;
        }
        if (request.containsHeader(HttpHeaders.IF_NONE_MATCH)) {
            return anyMatches(request, HttpHeaders.IF_NONE_MATCH, true) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
        }
        boolean unmodified = date(request, HttpHeaders.IF_MODIFIED_SINCE)
                .filter(since -> !lastModified.isAfter(since))
                .isPresent();
        return unmodified ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }

    /** Whether the ranges asked for are of what the client knows: {@code If-Range} (RFC 9110 13.1.5). */
    boolean rangeIsCurrent(ClassicHttpRequest request) {
        Header header = request.getFirstHeader(HttpHeaders.IF_RANGE);
        if (header == null) {
            return true;
        }
        String value = header.getValue().strip();
        // A tag must be strong and equal, a date exactly the same.
        return value.equals(entityTag)
                || HttpDate.parse(value).filter(lastModified::equals).isPresent();
    }

    private boolean anyMatches(ClassicHttpRequest request, String name, boolean weakly) {
        for (Header header : request.getHeaders(name)) {
            for (String item : header.getValue().split(",", -1)) {
                String tag = item.strip();
                if (tag.equals("*") || tag.equals(entityTag) || (weakly && tag.equals("W/" + entityTag))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Optional<Instant> date(ClassicHttpRequest request, String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? Optional.empty() : HttpDate.parse(header.getValue());
    }
}
