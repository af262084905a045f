package dev.heddle.commands.ss;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A line of an answer, taken apart. */
final class Fields {

    private final String subject;
    private final Map<String, String> values = new HashMap<>();

    Fields(String line) {
        String[] words = line.split(" ", -1);
        subject = words[0];
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals > 0) {
                values.put(
                        words[i].substring(0, equals),
                        URLDecoder.decode(words[i].substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
    }

    /** What the line is about. */
    String subject() {
        return subject;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** A value; empty if there is none. */
    String text(String name) {
        return values.getOrDefault(name, "");
    }

    /** A number; 0 if there is none. */
    long number(String name) {
        String text = text(name);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    boolean flag(String name) {
        return text(name).equals("true");
    }
}
