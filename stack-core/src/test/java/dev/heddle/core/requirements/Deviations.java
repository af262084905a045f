package dev.heddle.core.requirements;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The requirements named in the first column of the tables of {@code docs/deviations.md}: {@code 9293 SHLD-19, 3.8.6, 5681 4.2},
 * an RFC's number holding until the next.
 */
record Deviations(Set<String> tags, List<String> problems) {

    private static final Pattern NAME =
            Pattern.compile("(?:(\\d{3,4}) )?((?:MUST|SHLD|MAY|REC)-\\d+|\\d+(?:\\.\\d+)*)");

    static Deviations of(List<String> lines) {
        Set<String> tags = new TreeSet<>();
        List<String> problems = new ArrayList<>();
        for (String line : lines) {
            if (!line.startsWith("|") || line.startsWith("|---") || line.startsWith("| RFC ")) {
                continue;
            }
            String cell = line.split("\\|")[1].strip();
            String rfc = "";
            for (String name : cell.split(", ")) {
                Matcher matcher = NAME.matcher(name);
                if (!matcher.matches() || (matcher.group(1) == null && rfc.isEmpty())) {
                    problems.add("\"" + name + "\" in \"" + cell + "\" names no requirement");
                    continue;
                }
                rfc = matcher.group(1) == null ? rfc : matcher.group(1);
                tags.add("RFC" + rfc + ":" + matcher.group(2));
            }
        }
        return new Deviations(tags, problems);
    }
}
