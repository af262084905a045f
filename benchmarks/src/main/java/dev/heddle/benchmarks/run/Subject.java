package dev.heddle.benchmarks.run;

import dev.heddle.benchmarks.bare.BareCommand;
import dev.heddle.benchmarks.services.ServicesCommand;
import java.util.List;

/** What is measured, each in its own namespaces with its own load generator. */
enum Subject {
    JDK("JDK over veth", ServicesCommand.class, false, true),
    HEDDLE("Heddle over TUN", ServicesCommand.class, true, true),
    HEDDLE_PLAIN("Heddle, plain", ServicesCommand.class, true, false),
    BARE("bare TUN", BareCommand.class, true, true),
    BARE_PLAIN("bare, plain", BareCommand.class, true, false);

    private static final String INTERFACE = "heddle0";

    final String label;
    final Class<?> program;
    final boolean overTun;
    private final boolean offloads;

    Subject(String label, Class<?> program, boolean overTun, boolean offloads) {
        this.label = label;
        this.program = program;
        this.overTun = overTun;
        this.offloads = offloads;
    }

    /** Whether its connections are TCP's, so that its services are right and its memory means something. */
    boolean hasTcp() {
        return program == ServicesCommand.class;
    }

    /** What the server is told. */
    List<String> arguments() {
        if (!overTun) {
            return List.of("--control");
        }
        List<String> tun = List.of("--tun", INTERFACE, "--address", Arena.SERVER + "/" + Arena.PREFIX_LENGTH);
        String more = program == ServicesCommand.class ? "--control" : "";
        return java.util.stream.Stream.of(tun, List.of(more, offloads ? "" : "--plain"))
                .flatMap(List::stream)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
