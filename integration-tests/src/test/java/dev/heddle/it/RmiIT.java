package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.Rmi;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The JDK's RMI, started on Heddle by its agent, with the same program on the kernel's sockets: its sockets come from the
 * JVM's factories, its references tell others where to connect to, and everybody calls everybody.
 */
@RealLinux
final class RmiIT {

    private static final String STACK = "tun=heddle0,address=192.0.2.2/24,loss=1%,delay=1ms";

    private static Namespace namespace;

    @BeforeAll
    static void start() {
        namespace = Namespace.create();
    }

    @AfterAll
    static void stop() {
        namespace.close();
    }

    @Test
    void objects_call_and_are_called_back_both_ways_and_keep_the_jvm_no_longer_than_they_are_exported() {
        try (Program onHeddle = Program.onHeddle(Launcher.in(namespace, STACK), Rmi.class);
                // Here the local host is the machine, which is not in this network.
                Program onKernel =
                        Program.onKernel(namespace, List.of("-Djava.rmi.server.hostname=192.0.2.1"), Rmi.class)) {
            assertThat(onHeddle.does("export 1099")).isEqualTo("meeting");
            assertThat(onKernel.does("export 1099")).isEqualTo("meeting");
            assertThat(onHeddle.does("call 192.0.2.1 1099 50 100000")).isEqualTo("as 192.0.2.2");
            assertThat(onKernel.does("call 192.0.2.2 1099 50 100000")).isEqualTo("as 192.0.2.1");
            for (String wrong :
                    List.of("find HOST 1098 meeting", "find HOST 1099 nobody", "find localhost 1098 nobody")) {
                assertThat(onHeddle.fails(wrong.replace("HOST", "192.0.2.1")).replace("192.0.2.1", "HOST"))
                        .isEqualTo(onKernel.fails(wrong.replace("HOST", "192.0.2.2"))
                                .replace("192.0.2.2", "HOST"));
            }
            onHeddle.ends();
            onKernel.ends();
        }
    }
}
