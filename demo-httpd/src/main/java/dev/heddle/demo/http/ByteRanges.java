package dev.heddle.demo.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@code Range} header asks for of a file of a known size (RFC 9110 14.1). */
sealed interface ByteRanges {

    /** The whole file: no header, another unit, not well-formed, or so many parts that it must be an attack (14.2). */
    record Whole() implements ByteRanges {}

    /** No part of it exists: 416. */
    record Unsatisfiable() implements ByteRanges {}

    /** One part or more, in the order they were asked for. */
    record Parts(List<Part> parts) implements ByteRanges {}

    /** Bytes {@code first} to {@code last}, both included. */
    record Part(long first, long last) {
        long length() {
            return last - first + 1;
        }

        /** The value of {@code Content-Range} (RFC 9110 14.4). */
        String contentRange(long size) {
            return "bytes " + first + "-" + last + "/" + size;
        }
    }

    int MAX_PARTS = 32;

    Pattern SPEC = Pattern.compile("(\\d{0,18})-(\\d{0,18})");

    static ByteRanges parse(String header, long size) {
        String text = header.strip();
        if (!text.toLowerCase(Locale.ROOT).startsWith("bytes=")) {
            return new Whole();
        }
        List<Part> parts = new ArrayList<>();
        long total = 0;
        boolean asked = false;
        for (String item : text.substring("bytes=".length()).split(",", -1)) {
            String spec = item.strip();
            if (spec.isEmpty()) {
                continue; // lists may have empty elements (RFC 9110 5.6.1.2)
            }
            Matcher matcher = SPEC.matcher(spec);
            if (!matcher.matches() || spec.equals("-")) {
                return new Whole();
            }
            asked = true;
            String first = matcher.group(1);
            String last = matcher.group(2);
            Part part;
            if (first.isEmpty()) {
                part = new Part(Math.max(0, size - Long.parseLong(last)), size - 1);
            } else if (last.isEmpty()) {
                part = new Part(Long.parseLong(first), size - 1);
            } else if (Long.parseLong(last) < Long.parseLong(first)) {
                return new Whole(); // invalid, not unsatisfiable
            } else {
                part = new Part(Long.parseLong(first), Math.min(Long.parseLong(last), size - 1));
            }
            if (part.first() < size && part.length() > 0) {
                parts.add(part);
                total += part.length();
            }
        }
        if (!asked || parts.size() > MAX_PARTS || (parts.size() > 1 && total > size)) {
            return new Whole();
        }
        return parts.isEmpty() ? new Unsatisfiable() : new Parts(List.copyOf(parts));
    }
}
