package dev.heddle.core.requirements;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which source files name which requirement: comments say {@code RFC 9293 3.8.6.1, MUST-36} at the branch concerned.
 *
 * @param files by tag ({@code RFC9293:MUST-36}, {@code RFC9293:3.8.6.1}), and by {@code RFC9293} for what names no section
 */
record CodeReferences(Map<String, Set<Path>> files) {

    private static final Pattern COMMENT = Pattern.compile("/\\*(?s:.*?)\\*/|(?://[^\\n]*(?:\\n\\s*(?=//))?)+");
    private static final String LABEL = "(?:MUST|SHLD|MAY|REC)-\\d+";
    private static final Pattern RFC = Pattern.compile(
            "RFC (\\d{3,5})(?: (\\d+(?:\\.\\d+)*)\\b)?((?:(?:,| and| or| to) (?:\\d+(?:\\.\\d+)+|" + LABEL + ")\\b)*)");
    private static final Pattern SECTION = Pattern.compile("(?<![-\\d.])\\d+(?:\\.\\d+)+");
    private static final Pattern ANY_LABEL = Pattern.compile("\\b" + LABEL + "\\b");

    static CodeReferences of(List<Path> sources) {
        Map<String, Set<Path>> files = new TreeMap<>();
        for (Path source : sources) {
            try {
                for (String tag : tags(Files.readString(source))) {
                    files.computeIfAbsent(tag, unused -> new TreeSet<>()).add(source);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new CodeReferences(files);
    }

    /** What the comments of a source name. */
    static Set<String> tags(String source) {
        Set<String> tags = new TreeSet<>();
        Matcher comments = COMMENT.matcher(source);
        while (comments.find()) {
            // A reference may go on in the next line.
            String comment = comments.group().replaceAll("\\s*\\n\\s*(?:\\*(?!/)|//)?\\s*", " ");
            Matcher rfcs = RFC.matcher(comment);
            while (rfcs.find()) {
                String rfc = "RFC" + rfcs.group(1);
                tags.add(rfcs.group(2) == null ? rfc : rfc + ":" + rfcs.group(2));
                SECTION.matcher(rfcs.group(3)).results().forEach(section -> tags.add(rfc + ":" + section.group()));
            }
            // Only RFC 9293 numbers its requirements.
            ANY_LABEL.matcher(comment).results().forEach(label -> tags.add("RFC9293:" + label.group()));
        }
        return tags;
    }

    /** The files that name this. */
    Set<Path> naming(String tag) {
        return files.getOrDefault(tag, Set.of());
    }

    /** The files that name an RFC, with whatever section. */
    Set<Path> namingAny(int rfc) {
        String name = "RFC" + rfc;
        return files.entrySet().stream()
                .filter(entry -> entry.getKey().equals(name) || entry.getKey().startsWith(name + ":"))
                .flatMap(entry -> entry.getValue().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
