package dev.heddle.net;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which way dependencies go in this module. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.heddle.net", "dev.heddle.dns", "dev.heddle.launch");

    @Test
    void only_the_lookup_of_names_knows_the_dns_library() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.heddle.dns")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("heddle.dnsjava..")
                .check(CLASSES);
    }

    @Test
    void the_lookup_of_names_knows_no_stack_and_no_sockets_but_those_it_is_given() {
        noClasses()
                .that()
                .resideInAPackage("dev.heddle.dns")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.heddle.net", "dev.heddle.launch", "dev.heddle.core.host..", "java.nio.channels..")
                .check(CLASSES);
    }

    @Test
    void sockets_do_not_know_who_starts_programs() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.heddle.net", "dev.heddle.dns")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.heddle.launch")
                .check(CLASSES);
    }
}
