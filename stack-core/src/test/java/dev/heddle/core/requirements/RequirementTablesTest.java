package dev.heddle.core.requirements;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.requirements.Catalogue.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the requirement tables of all modules together. With the property {@code tables.goal} "apply" it writes those that are out of
 * date anew, with "check" it refuses them.
 */
class RequirementTablesTest {

    private static final Path ROOT = root();
    private static final Path CATALOGUE = ROOT.resolve("stack-core/src/test/resources/dev/heddle/core/requirements");

    private static Catalogue catalogue;
    private static TaggedTests tagged;
    private static Deviations deviations;
    private static RequirementTables tables;

    @BeforeAll
    static void read_the_sources() throws IOException {
        catalogue = Catalogue.read(CATALOGUE);
        tagged = TaggedTests.of(sources("src/test/java"));
        deviations = Deviations.of(Files.readAllLines(ROOT.resolve("docs/deviations.md")));
        tables =
                new RequirementTables(catalogue, tagged, CodeReferences.of(sources("src/main/java")), deviations, ROOT);
    }

    @Test
    void every_requirement_has_a_test_or_a_row_in_the_deviations() {
        assertThat(tagsWhere(entry ->
                        tables.tests(entry).isEmpty() && !deviations.tags().contains(entry.tag())))
                .as("have neither a test tagged @Requirement nor a row in docs/deviations.md")
                .isEmpty();
    }

    @Test
    void every_requirement_that_a_test_shows_is_named_where_the_code_meets_it() {
        assertThat(tagsWhere(entry ->
                        !tables.tests(entry).isEmpty() && tables.code(entry).isEmpty()))
                .as("are named by no comment in src/main/java, neither by label nor by section")
                .isEmpty();
    }

    @Test
    void every_tag_names_a_requirement_and_stands_at_a_test_that_runs() {
        Set<String> known = catalogue.entries().map(Entry::tag).collect(Collectors.toSet());
        List<String> dangling = tagged.tests().stream()
                .flatMap(test -> test.requirements().stream()
                        .filter(tag -> !known.contains(tag))
                        .map(tag -> tag + " at " + test.type() + "." + test.method()))
                .toList();
        assertThat(dangling)
                .as("are in no file of " + ROOT.relativize(CATALOGUE) + " (a section needs a line there)")
                .isEmpty();
        assertThat(tagged.problems()).isEmpty();
    }

    @Test
    void every_row_of_the_deviations_names_a_requirement() {
        Set<String> known = catalogue.entries().map(Entry::tag).collect(Collectors.toSet());
        assertThat(deviations.problems()).isEmpty();
        assertThat(deviations.tags()).as("rows of docs/deviations.md").isSubsetOf(known);
    }

    @Test
    void no_requirement_stands_twice_in_the_catalogue() {
        assertThat(catalogue.entries().map(Entry::tag).toList()).doesNotHaveDuplicates();
    }

    @Test
    void the_tables_in_docs_are_up_to_date() throws IOException {
        hold(ROOT.resolve("docs/rfc9293.md"), tables.rfc9293());
        hold(ROOT.resolve("docs/requirements.md"), tables.others());
    }

    private static void hold(Path file, String wanted) throws IOException {
        String goal = System.getProperty("tables.goal", "none");
        if (goal.equals("apply")) {
            Files.writeString(file, wanted);
        } else if (goal.equals("check")) {
            assertThat(file)
                    .as("out of date; -Dtables.goal=apply writes it anew")
                    .hasContent(wanted);
        }
    }

    private static List<String> tagsWhere(Predicate<Entry> condition) {
        return catalogue.entries().filter(condition).map(Entry::tag).toList();
    }

    /** The Java files below a folder of each module, in a fixed order. */
    private static List<Path> sources(String folder) throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve(folder))
                    .filter(Files::isDirectory)
                    .flatMap(RequirementTablesTest::javaFiles)
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Path> javaFiles(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/deviations.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
