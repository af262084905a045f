package dev.heddle.core.requirements;

import dev.heddle.core.requirements.Catalogue.Entry;
import dev.heddle.core.requirements.Catalogue.Rfc;
import dev.heddle.core.requirements.TaggedTests.TaggedTest;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes {@code docs/rfc9293.md} and {@code docs/requirements.md}. Both are in {@code docs}, from where links start. */
final class RequirementTables {

    private static final String HEAD = "| requirement | what it says | shown by | code |\n|---|---|---|---|\n";
    private static final String EXPLANATION = """
        <!-- Made by RequirementTablesTest from the tags of the tests; CONTRIBUTING.md says how. Do not edit. -->

        A test is listed because it is tagged `@Requirement` with the requirement's name; `(tun)`, `(docker)` and `(slow)` mark those
        that not every machine runs. The code is what names the requirement in a comment, or, in italics, what names only %s.
        What Heddle does otherwise stands in [deviations.md](deviations.md).
        """;

    private final Catalogue catalogue;
    private final TaggedTests tagged;
    private final CodeReferences code;
    private final Deviations deviations;
    private final Path root;

    RequirementTables(Catalogue catalogue, TaggedTests tagged, CodeReferences code, Deviations deviations, Path root) {
        this.catalogue = catalogue;
        this.tagged = tagged;
        this.code = code;
        this.deviations = deviations;
        this.root = root;
    }

    String rfc9293() {
        Rfc rfc = catalogue.rfcs().get(9293);
        List<Entry> numbered = rfc.entries().stream().filter(Entry::isNumbered).toList();
        long shown = numbered.stream().filter(entry -> !tests(entry).isEmpty()).count();
        long deviating = numbered.stream()
                .filter(entry -> tests(entry).isEmpty())
                .filter(entry -> deviations.tags().contains(entry.tag()))
                .count();
        return "# RFC 9293, requirement by requirement\n\n"
                + EXPLANATION.formatted("its section")
                + "\nOf the %d numbered requirements of appendix B, %d are shown by tests, %d have only a reason there why not.\n\n"
                        .formatted(numbered.size(), shown, deviating)
                + HEAD
                + rows(numbered)
                + "\n## Sections\n\nWhat the RFC says without a number.\n\n"
                + HEAD
                + rows(rfc.entries().stream()
                        .filter(entry -> !entry.isNumbered())
                        .toList());
    }

    String others() {
        return "# Requirements of other RFCs\n\n"
                + EXPLANATION.formatted("the RFC")
                + "[RFC 9293](rfc9293.md) has its own table.\n"
                + catalogue.rfcs().values().stream()
                        .filter(rfc -> rfc.number() != 9293)
                        .map(rfc ->
                                "\n## RFC %d: %s\n\n".formatted(rfc.number(), rfc.title()) + HEAD + rows(rfc.entries()))
                        .collect(Collectors.joining());
    }

    /** The tests that are tagged with a requirement, in the order of their names. */
    List<TaggedTest> tests(Entry entry) {
        return tagged.tests().stream()
                .filter(test -> test.requirements().contains(entry.tag()))
                .sorted(Comparator.comparing(TaggedTest::type).thenComparing(TaggedTest::method))
                .toList();
    }

    /** The links to the code that a requirement is about. */
    String code(Entry entry) {
        Set<Path> naming = code.naming(entry.tag());
        if (!naming.isEmpty()) {
            return naming.stream().map(this::link).collect(Collectors.joining(", "));
        }
        Set<Path> wider = entry.isNumbered()
                ? code.naming("RFC" + entry.rfc() + ":" + entry.section())
                : code.namingAny(entry.rfc());
        return wider.stream().map(file -> "_" + link(file) + "_").collect(Collectors.joining(", "));
    }

    private String rows(List<Entry> entries) {
        return entries.stream().map(this::row).collect(Collectors.joining());
    }

    private String row(Entry entry) {
        return "| %s | %s%s | %s | %s |\n"
                .formatted(
                        entry.isNumbered() ? entry.label() + " (" + entry.section() + ")" : entry.label(),
                        entry.strength().isEmpty() ? "" : entry.strength() + ": ",
                        entry.summary().replace("|", "\\|"),
                        shownBy(entry),
                        code(entry));
    }

    private String shownBy(Entry entry) {
        Map<String, String> byType = new TreeMap<>();
        for (TaggedTest test : tests(entry)) {
            String name = test.method().isEmpty() ? "all" : "`" + test.method() + "`";
            String need = test.needs().isEmpty() ? "" : " (" + String.join(", ", test.needs()) + ")";
            byType.merge(
                    "[" + test.type() + "](" + address(Path.of(test.source())) + ")",
                    name + need,
                    (left, right) -> left + ", " + right);
        }
        String tests = byType.entrySet().stream()
                .map(type -> type.getKey() + ": " + type.getValue())
                .collect(Collectors.joining("<br>"));
        if (!deviations.tags().contains(entry.tag())) {
            return tests;
        }
        return tests.isEmpty() ? "[deviates](deviations.md)" : tests + "<br>[deviates](deviations.md)";
    }

    private String link(Path file) {
        return "[" + file.getFileName().toString().replace(".java", "") + "](" + address(file) + ")";
    }

    private String address(Path file) {
        return "../" + root.relativize(file).toString().replace('\\', '/');
    }
}
