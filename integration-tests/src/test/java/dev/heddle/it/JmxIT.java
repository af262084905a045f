package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.JmxClient;
import dev.heddle.it.programs.Greeter;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Management of a JVM whose sockets are a stack's: as documented in docs/compatibility.md. */
@RealLinux
final class JmxIT {

    private static final Duration START = Duration.ofSeconds(30);

    private Namespace namespace;

    @BeforeEach
    void start() {
        namespace = Namespace.create();
    }

    @AfterEach
    void stop() {
        namespace.close();
    }

    private Launcher launcher() {
        return Launcher.in(namespace, "tun=heddle0,address=192.0.2.2/24");
    }

    private String manage(String where) {
        return namespace.java(JmxClient.class, where).runOrFail();
    }

    @Test
    void jcmd_and_attached_management_work_over_the_stacks_link() {
        try (RunningProcess server = launcher().program(Greeter.class).start()) {
            server.expectLine("serving", START);
            String pid = Long.toString(server.pid());
            String jcmd = System.getProperty("java.home") + "/bin/jcmd";
            assertThat(namespace.command(jcmd, pid, "Thread.print").runOrFail()).contains("\"heddle-control\"");

            assertThat(manage(pid)).startsWith("threads ");
            assertThat(Launcher.heddle(namespace, "ss", "-tl", "--pid", pid)
                            .runOrFail()
                            .lines()
                            .filter(line -> line.startsWith("LISTEN")))
                    .as("the server's listener, and the agent's")
                    .hasSize(2);
            assertThat(namespace.command("ss", "-Htln").runOrFail())
                    .as("the kernel's listeners")
                    .isEmpty();
        }
    }

    @Test
    void a_port_for_management_is_the_stacks() {
        try (RunningProcess server = launcher()
                .jvm(
                        "-Dcom.sun.management.jmxremote.port=9010",
                        "-Dcom.sun.management.jmxremote.authenticate=false",
                        "-Dcom.sun.management.jmxremote.ssl=false")
                .program(Greeter.class)
                .start()) {
            server.expectLine("serving", START);
            assertThat(manage("service:jmx:rmi:///jndi/rmi://192.0.2.2:9010/jmxrmi"))
                    .startsWith("threads ");
            Command.Result kernels = namespace
                    .java(JmxClient.class, "service:jmx:rmi:///jndi/rmi://127.0.0.1:9010/jmxrmi")
                    .run();
            assertThat(kernels.exitCode()).isNotZero();
            assertThat(kernels.errors()).contains("Connection refused to host: 127.0.0.1");
        }
    }
}
