package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.Ftp;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Commons Net and an FTP server, unmodified and started on Heddle by its agent, with the same program on the kernel's
 * sockets. FTP opens a connection for each file, from either side, to addresses that the programs tell each other.
 */
@RealLinux
final class FtpIT {

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
    void files_travel_both_ways_whoever_opens_the_connections() {
        try (Program onHeddle = Program.onHeddle(Launcher.in(namespace, STACK), Ftp.class);
                Program onKernel = Program.onKernel(namespace, List.of(), Ftp.class)) {
            assertThat(onHeddle.fails("transfer 192.0.2.1 2121 active 1 1"))
                    .isEqualTo(onKernel.fails("transfer 192.0.2.2 2121 active 1 1"));
            assertThat(onHeddle.does("serve 2121")).isEqualTo("started true");
            assertThat(onKernel.does("serve 2121")).isEqualTo("started true");
            for (String mode : List.of("active", "passive")) {
                assertThat(onHeddle.does("transfer 192.0.2.1 2121 " + mode + " 5 500000"))
                        .isEqualTo("5 files");
                assertThat(onKernel.does("transfer 192.0.2.2 2121 " + mode + " 5 500000"))
                        .isEqualTo("5 files");
            }
            onHeddle.ends();
            onKernel.ends();
        }
    }
}
