package dev.heddle.agent;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The system properties by which a program sets up its own JNA and SLF4J, away while Heddle starts: a JVM has one set of
 * properties, and they would change Heddle's copies of these libraries, or keep them from working. What these have set
 * themselves is gone when the program's are back.
 */
final class ProgramProperties {

    private static final List<String> LIBRARIES = List.of("jna.", "jnidispatch.", "slf4j.", "org.slf4j.simpleLogger.");

    /** These are for Heddle: where JNA may unpack its native part if /tmp is no place for it, and what Heddle logs. */
    private static final List<String> HEDDLES = List.of("jna.tmpdir", "org.slf4j.simpleLogger.log.dev.heddle");

    private final Map<String, String> programs;

    private ProgramProperties(Map<String, String> programs) {
        this.programs = programs;
    }

    static ProgramProperties putAway() {
        Map<String, String> programs = ofLibraries();
        programs.keySet().forEach(System::clearProperty);
        return new ProgramProperties(programs);
    }

    private static Map<String, String> ofLibraries() {
        Properties all = System.getProperties();
        return all.stringPropertyNames().stream()
                .filter(name -> startsWithOneOf(name, LIBRARIES) && !startsWithOneOf(name, HEDDLES))
                .collect(Collectors.toMap(name -> name, all::getProperty));
    }

    private static boolean startsWithOneOf(String name, List<String> beginnings) {
        return beginnings.stream().anyMatch(name::startsWith);
    }

    void putBack() {
        ofLibraries().keySet().forEach(System::clearProperty);
        programs.forEach(System::setProperty);
    }
}
