package dev.heddle.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.wire.IpPrefix;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

class DemoCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine commandLine = DemoCommand.commandLine();
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nonsense",
                "--loss 5x",
                "--loss 101%",
                "--delay 5",
                "--rate fast",
                "--port 65536",
                "--port x",
                "--mtu 10",
                "--name heddle0",
                "--tun --address nonsense",
                "--tun --port 0",
                "--tun --address 192.0.2.2/32",
                "/does/not/exist",
                "a b"
            })
    void wrong_flags_are_answered_in_one_line(String arguments) {
        assertThat(run(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).startsWith("demo: ").contains("--help").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void what_cannot_be_done_is_said_in_one_line() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("--port", Integer.toString(taken.getLocalPort()))).isEqualTo(1);
        }
        assertThat(run("--port", "0", "--capture", "/does/not/exist.pcapng")).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(2).allMatch(line -> line.startsWith("demo: "));
        assertThat(err.toString()).contains("/does/not/exist.pcapng").doesNotContain("Exception");
    }

    @Test
    void help_names_every_flag() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("DIR", "--port", "--tun", "--name", "--address", "--mtu", "--no-offload", "--capture")
                .contains("--loss", "--duplicate", "--reorder", "--corrupt", "--delay", "--jitter", "--rate", "--help");
    }

    @ParameterizedTest
    @CsvSource({"1%, 0.01", "0.5%, 0.005", "100%, 1", "0.01, 0.01", "0, 0"})
    void a_probability_is_a_percentage_or_a_fraction(String text, double expected) {
        assertThat(new FaultFlags.Probability().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"20ms, 20000000", "1.5us, 1500", "2s, 2000000000", "7ns, 7"})
    void a_time_has_a_unit(String text, long expectedNs) {
        assertThat(new FaultFlags.Nanoseconds().convert(text)).isEqualTo(expectedNs);
    }

    @ParameterizedTest
    @CsvSource({"10mbit, 10000000", "1gbit, 1000000000", "1.5kbit, 1500", "8BIT, 8"})
    void a_rate_has_a_unit(String text, long expected) {
        assertThat(new FaultFlags.BitsPerSecond().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ms", "-1ms", "1 ms", "1e3ms", "1m"})
    void other_times_are_refused(String text) {
        assertThatThrownBy(() -> new FaultFlags.Nanoseconds().convert(text))
                .isInstanceOf(TypeConversionException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.2/24, 192.0.2.1",
        "192.0.2.1/24, 192.0.2.2",
        "10.9.8.7/8, 10.0.0.1",
        "192.0.2.2/31, 192.0.2.3",
        "192.0.2.3/31, 192.0.2.2",
        "192.0.2.2/30, 192.0.2.1",
        "2001:db8::2/64, 2001:db8::1",
        "2001:db8::1/127, 2001:db8::",
    })
    void the_kernel_gets_the_first_other_address(String own, String expected) {
        assertThat(IpPrefix.parse(own).otherHost()).hasToString(expected);
    }

    @Test
    void the_kernel_gets_no_ipv6_address_where_ipv6_is_switched_off(@TempDir Path directory) throws Exception {
        Path on = Files.writeString(directory.resolve("on"), "0\n");
        Path off = Files.writeString(directory.resolve("off"), "1\n");

        assertThat(TunNetwork.kernelHasIpv6(on)).isTrue();
        assertThat(TunNetwork.kernelHasIpv6(off)).isFalse();
        assertThat(TunNetwork.kernelHasIpv6(directory.resolve("missing"))).isFalse();
    }
}
