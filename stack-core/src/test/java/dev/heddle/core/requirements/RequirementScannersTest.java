package dev.heddle.core.requirements;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.requirements.TaggedTests.TaggedTest;
import java.net.URI;
import java.util.List;
import java.util.Set;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import org.junit.jupiter.api.Test;

/** What the requirement tables are made from is found, and what stands behind nothing is seen. */
class RequirementScannersTest {

    private static final String TESTS = """
        @InNamespace
        class OuterTest {
            @Test
            @dev.heddle.core.Requirement("RFC9293:MUST-1")
            void first() {}

            @Nested
            class Inner {
                @Tag("slow")
                @ParameterizedTest
                @Requirement({"RFC9293:MUST-2", "RFC5681:3.2"})
                void second(int n) {}
            }

            @Requirement("RFC9293:MUST-3")
            void noTest() {}

            @Test
            @Disabled
            @Requirement("RFC9293:MUST-4")
            void off() {}
        }
        """;

    private static TaggedTests scan(String... sources) {
        return TaggedTests.ofSources(
                List.of(sources).stream().map(RequirementScannersTest::source).toList());
    }

    @Test
    void tags_are_found_with_their_class_and_what_their_tests_need() {
        List<TaggedTest> tests =
                scan(TESTS, "@Tag(\"tun\") @interface InNamespace {}").tests();

        assertThat(tests).extracting(TaggedTest::type).containsExactly("OuterTest", "OuterTest.Inner");
        assertThat(tests).extracting(TaggedTest::method).containsExactly("first", "second");
        assertThat(tests.get(0).requirements()).containsExactly("RFC9293:MUST-1");
        assertThat(tests.get(1).requirements()).containsExactly("RFC9293:MUST-2", "RFC5681:3.2");
        assertThat(tests.get(0).needs()).containsExactly("tun");
        assertThat(tests.get(1).needs()).containsExactly("slow", "tun");
    }

    @Test
    void tags_at_what_does_not_run_are_problems() {
        assertThat(scan(TESTS).problems())
                .containsExactly(
                        "OuterTest.noTest carries @Requirement and is no test",
                        "OuterTest.off carries @Requirement and is disabled");
    }

    @Test
    void comments_name_sections_lists_and_labels_also_across_lines() {
        assertThat(CodeReferences.tags("""
            /** Resets (RFC 9293 3.10.4, 3.10.5). The window (RFC
             * 7323 2) and RFC 1191 3 for 100 ms. */
            int a; // RFC 9293 3.7.4, SHLD-7 and MUST-17
            // As RFC
            // 6298 5.4 says
            String b = "RFC 9999 9.9";
            """))
                .containsExactlyInAnyOrder(
                        "RFC9293:3.10.4",
                        "RFC9293:3.10.5",
                        "RFC7323:2",
                        "RFC1191:3",
                        "RFC9293:3.7.4",
                        "RFC9293:SHLD-7",
                        "RFC9293:MUST-17",
                        "RFC6298:5.4");
    }

    @Test
    void deviations_are_read_from_the_first_column() {
        Deviations found = Deviations.of(List.of(
                "| RFC | what it says |",
                "|---|---|",
                "| 9293 SHLD-19, 3.8.6, 5681 4.2 | RFC 9293 MUST-1 is not meant |",
                "| 9293 MUST-30 to 32 | urgent |",
                "| MUST-5 | of which RFC? |"));

        assertThat(found.tags()).isEqualTo(Set.of("RFC9293:SHLD-19", "RFC9293:3.8.6", "RFC5681:4.2"));
        assertThat(found.problems()).hasSize(2);
    }

    @Test
    void catalogue_has_numbered_requirements_and_sections() {
        Catalogue.Rfc rfc = Catalogue.parse(
                List.of("# RFC 9293: TCP", "# a remark", "MUST-1 (3.1) | MUST | The window", "3.1 | | a | b |"));

        assertThat(rfc.entries())
                .containsExactly(
                        new Catalogue.Entry(9293, "MUST-1", "3.1", "MUST", "The window"),
                        new Catalogue.Entry(9293, "3.1", "3.1", "", "a | b |"));
        assertThat(rfc.entries()).extracting(Catalogue.Entry::isNumbered).containsExactly(true, false);
    }

    private static JavaFileObject source(String text) {
        return new SimpleJavaFileObject(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
