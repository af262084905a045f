package dev.heddle.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the floors of {@code docs/architecture.md}: who may import whom, and what the protocol code may not touch. */
class ArchitectureTest {

    private static final String ROOT = "dev.heddle.core.";

    /** Package → floor. A package imports only from lower floors; packages of one floor do not import each other. */
    private static final Map<String, Integer> FLOORS = Map.ofEntries(
            Map.entry("wire", 1),
            Map.entry("time", 1),
            Map.entry("buffer", 1),
            Map.entry("counter", 1),
            Map.entry("link", 2),
            Map.entry("tcp.congestion", 2),
            Map.entry("tcp.recovery", 2),
            Map.entry("tcp", 3),
            Map.entry("ip", 3),
            Map.entry("udp", 3),
            Map.entry("icmp", 3),
            Map.entry("host", 4),
            Map.entry("sim", 5));

    /** Deterministic functions of (state, packet or call, now, random): DESIGN's "sans-IO" part. */
    private static final String[] ENGINE = {
        ROOT + "wire..", ROOT + "tcp..", ROOT + "ip..", ROOT + "udp..", ROOT + "icmp.."
    };

    private static JavaClasses main;

    @BeforeAll
    static void import_main_classes() {
        main = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.heddle.core");
    }

    @Test
    void every_package_stands_on_a_floor_and_imports_only_from_lower_ones() {
        classes().should(importOnlyFromLowerFloors()).check(main);
    }

    @Test
    void the_engine_reads_no_clock_and_owns_no_thread_lock_or_log() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE)
                .should()
                .dependOnClassesThat(describe(
                        "are threads, locks, sockets, channels or loggers",
                        type -> isThreadOrLock(type)
                                || isInputOutput(type)
                                || type.getPackageName().startsWith("org.slf4j")))
                .orShould()
                .accessTargetWhere(describe("reads a clock", ArchitectureTest::readsClock))
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void the_engine_makes_no_random_numbers_of_its_own() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE)
                .should()
                .accessTargetWhere(describe(
                        "makes a random source",
                        access -> access.getTargetOwner().isAssignableTo(RandomGenerator.class)
                                && access.getName().equals("<init>")))
                .orShould()
                .accessTargetWhere(describe(
                        "takes a random number that is not handed in",
                        access -> access.getTargetOwner().isEquivalentTo(Math.class)
                                && access.getName().equals("random")))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.random.RandomGeneratorFactory")
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void nothing_waits_in_a_monitor_or_sleeps() {
        noClasses()
                .should()
                .accessTargetWhere(describe(
                        "sleeps or waits in a monitor",
                        access -> (access.getTargetOwner().isEquivalentTo(Thread.class)
                                        && access.getName().equals("sleep"))
                                || (access.getTargetOwner().isEquivalentTo(Object.class)
                                        && access.getName().equals("wait"))))
                .check(main);
    }

    @Test
    void nobody_writes_to_standard_output() {
        noClasses()
                .should()
                .accessTargetWhere(describe(
                        "uses System.out or System.err",
                        access -> access.getTargetOwner().isEquivalentTo(System.class)
                                && Set.of("out", "err").contains(access.getName())))
                .check(main);
    }

    @Test
    void no_class_is_named_for_nothing() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)(\\$.*)?")
                .check(main);
    }

    @Test
    void the_map_of_floors_has_no_empty_entry_by_mistake() {
        // A package that is renamed must not leave the map silently: what is there must be in it, by name.
        List<String> unknown = main.stream()
                .map(ArchitectureTest::room)
                .filter(room -> !room.isEmpty() && !FLOORS.containsKey(room))
                .distinct()
                .toList();
        assertThat(unknown).isEmpty();
    }

    private static ArchCondition<JavaClass> importOnlyFromLowerFloors() {
        return new ArchCondition<>("import only from lower floors") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Integer own = FLOORS.get(room(type));
                if (own == null) {
                    events.add(
                            SimpleConditionEvent.violated(type, type.getName() + " is in a package without a floor"));
                    return;
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String target = room(dependency.getTargetClass().getBaseComponentType());
                    Integer floor = FLOORS.get(target);
                    if (floor != null && floor >= own && !target.equals(room(type))) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** The package's name below the root, such as {@code tcp.recovery}; empty for what is not ours. */
    private static String room(JavaClass type) {
        return type.getPackageName().startsWith(ROOT) ? type.getPackageName().substring(ROOT.length()) : "";
    }

    private static boolean isThreadOrLock(JavaClass type) {
        return type.isEquivalentTo(Thread.class)
                || type.getPackageName().startsWith("java.util.concurrent.locks")
                || Stream.of(
                                java.util.concurrent.Executor.class,
                                java.util.concurrent.Future.class,
                                java.util.concurrent.BlockingQueue.class,
                                ThreadLocal.class)
                        .anyMatch(type::isAssignableTo);
    }

    private static boolean isInputOutput(JavaClass type) {
        // InetAddress is a value; everything else in these packages talks to the machine.
        boolean address = type.isAssignableTo(java.net.InetAddress.class)
                || type.isEquivalentTo(java.net.UnknownHostException.class);
        return (type.getPackageName().equals("java.net") && !address)
                || type.getPackageName().startsWith("java.nio.channels")
                || type.getPackageName().startsWith("java.nio.file")
                || type.getPackageName().equals("java.io") && !type.isAssignableTo(java.io.Serializable.class);
    }

    private static boolean readsClock(JavaAccess<?> access) {
        return (access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("nanoTime", "currentTimeMillis").contains(access.getName()))
                || (access.getTargetOwner().getPackageName().equals("java.time")
                        && access.getName().equals("now"));
    }

    private static <T> DescribedPredicate<T> describe(String what, Predicate<? super T> test) {
        return DescribedPredicate.describe(what, test);
    }
}
