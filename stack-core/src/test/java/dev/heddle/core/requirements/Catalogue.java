package dev.heddle.core.requirements;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The requirements that tests can name, a file for each RFC ({@code rfc9293.txt}), a line for each requirement:
 * {@code LABEL (SECTION) | STRENGTH | SUMMARY} for a numbered one, {@code SECTION | STRENGTH | SUMMARY} for the others.
 *
 * @param rfcs by number
 */
record Catalogue(Map<Integer, Rfc> rfcs) {

    private static final Pattern TITLE = Pattern.compile("# RFC (\\d+): (.*)");
    private static final Pattern NUMBERED = Pattern.compile("([A-Z]+-\\d+) \\(([\\d.]+)\\)");

    record Rfc(int number, String title, List<Entry> entries) {}

    /**
     * @param label as the RFC numbers it ({@code MUST-14}), or the section
     * @param strength the word of RFC 2119, empty where the RFC describes without one
     */
    record Entry(int rfc, String label, String section, String strength, String summary) {

        /** As {@code @Requirement} names it. */
        String tag() {
            return "RFC" + rfc + ":" + label;
        }

        boolean isNumbered() {
            return !label.equals(section);
        }
    }

    static Catalogue read(Path directory) {
        Map<Integer, Rfc> rfcs = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.getFileName().toString().matches("rfc\\d+\\.txt"))
                    .map(Catalogue::readFile)
                    .forEach(rfc -> rfcs.put(rfc.number(), rfc));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Catalogue(rfcs);
    }

    static Rfc parse(List<String> lines) {
        Matcher title = TITLE.matcher(lines.getFirst());
        if (!title.matches()) {
            throw new IllegalArgumentException("Not a title: " + lines.getFirst());
        }
        int number = Integer.parseInt(title.group(1));
        List<Entry> entries = new ArrayList<>();
        for (String line : lines) {
            if (!line.startsWith("#") && !line.isBlank()) {
                entries.add(parseEntry(number, line));
            }
        }
        return new Rfc(number, title.group(2), entries);
    }

    Stream<Entry> entries() {
        return rfcs.values().stream().flatMap(rfc -> rfc.entries().stream());
    }

    private static Entry parseEntry(int rfc, String line) {
        String[] cells = line.split("\\|", 3);
        if (cells.length != 3) {
            throw new IllegalArgumentException("RFC " + rfc + ", not three cells: " + line);
        }
        String name = cells[0].strip();
        Matcher numbered = NUMBERED.matcher(name);
        return numbered.matches()
                ? new Entry(rfc, numbered.group(1), numbered.group(2), cells[1].strip(), cells[2].strip())
                : new Entry(rfc, name, name, cells[1].strip(), cells[2].strip());
    }

    private static Rfc readFile(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
