package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What answers and what does not, between Heddle and the kernel. */
@RealLinux
@ParameterizedClass
@EnumSource
final class ReachabilityIT {

    private static final int UNUSED_PORT = 4711;
    private static final int CURL_CANNOT_CONNECT = 7;

    private final Offloads offloads;
    private TwoHosts hosts;

    ReachabilityIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void connect() {
        hosts = TwoHosts.connect(offloads);
    }

    @AfterEach
    void leaves_nothing_behind() {
        hosts.close();
    }

    @ParameterizedTest
    @EnumSource
    void heddle_answers_pings(Family family) {
        String address = family.heddle().getHostAddress();
        // From 1473 and 1453 bytes on the kernel sends fragments, and so must Heddle.
        for (String bytes : new String[] {"56", "0", "1452", "1472", "1473", "8000", "65000"}) {
            String report = hosts.namespace()
                    .command("ping", family.option(), "-c", "10", "-i", "0.01", "-W", "5", "-s", bytes, address)
                    .runOrFail();
            assertThat(report).contains("10 packets transmitted, 10 received, 0% packet loss");
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_kernel_is_refused_where_heddle_does_not_listen(Family family) {
        long startNs = System.nanoTime();
        Command.Result result = hosts.curl("http://" + family.heddleInUrl() + ":" + UNUSED_PORT + "/")
                .run();
        assertThat(result.exitCode()).as(result.errors()).isEqualTo(CURL_CANNOT_CONNECT);
        assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }

    @ParameterizedTest
    @EnumSource
    void the_kernel_is_told_of_datagrams_that_nobody_takes(Family family) {
        String program = "exec 3<>/dev/udp/" + family.heddle().getHostAddress() + "/" + UNUSED_PORT
                + "; head -c \"$0\" /dev/zero >&3; read -r -t 10 -u 3";
        for (String bytes : new String[] {"10", "20000"}) {
            Command.Result result =
                    hosts.namespace().command("bash", "-c", program, bytes).run();
            assertThat(result.errors()).as("%s bytes", bytes).contains("Connection refused");
        }
    }

    @ParameterizedTest
    @EnumSource
    void heddle_is_refused_where_the_kernel_does_not_listen(Family family) throws Exception {
        try (Socket socket = hosts.stack().socketFactory().createSocket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress(family.kernel(), UNUSED_PORT), 5000))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("Connection refused");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_connect_that_nobody_answers_times_out(Family family) throws Exception {
        try (Socket socket = hosts.stack().socketFactory().createSocket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress(family.nobody(), UNUSED_PORT), 300))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Connect timed out");
        }
    }
}
