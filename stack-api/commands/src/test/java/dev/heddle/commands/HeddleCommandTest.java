package dev.heddle.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the commands say of themselves, and of what they do not understand. */
class HeddleCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        CommandLine commands = HeddleCommand.commandLine();
        commands.setOut(new PrintWriter(out));
        commands.setErr(new PrintWriter(err));
        return commands.execute(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"services", "ping", "connect", "ss"})
    void every_command_has_a_help(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString())
                .contains("bin/heddle " + command)
                .contains("Example: ")
                .contains("-h, --help");
        assertThat(out.toString().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services --tun heddle0 | --address",
                "services --address 192.0.2.2/24 | --tun",
                "services --tun heddle0 --address 192.0.2.2 | 192.0.2.2/24",
                "services --tun heddle0 --address 192.0.2.300/24 | 192.0.2.300",
                "services --tun heddle0 --address 192.0.2.2/24,192.0.2.3/24 | --address takes one value",
                "services --tun heddle0 --address 192.0.2.2/24 --loss 101% | is not a probability such as 1%",
                "services --tun heddle0 --address 192.0.2.2/24 --speed high | --speed",
                "services --tun a/b --address 192.0.2.2/24 | a/b",
                "ping --tun heddle0 --address 192.0.2.2/24 | HOST",
                "ping --tun heddle0 --address 192.0.2.2/24 -c -1 192.0.2.1 | -c takes a number of requests",
                "ping --tun heddle0 --address 192.0.2.2/24 -c 0 192.0.2.1 | -c takes a number of requests",
                "ping --tun heddle0 --address 192.0.2.2/24 -c many 192.0.2.1 | many",
                "ping --tun heddle0 --address 192.0.2.2/24 -s 70000 192.0.2.1 | -s takes 0 to 65507 bytes",
                "ping --tun heddle0 --address 192.0.2.2/24 -t 256 192.0.2.1 | -t takes 1 to 255 hops",
                "ping --tun heddle0 --address 192.0.2.2/24 -i 0 192.0.2.1 | -i takes 0.002 seconds or more",
                "ping --tun heddle0 --address 192.0.2.2/24 -W soon 192.0.2.1 | 'soon' is not a time in seconds",
                "ping --tun heddle0 --address 192.0.2.2/24 -4 -6 192.0.2.1 | exclude each other",
                "connect --tun heddle0 --address 192.0.2.2/24 192.0.2.1 | PORT",
                "connect --tun heddle0 --address 192.0.2.2/24 192.0.2.1 0 | a port is 1 to 65535, not 0",
                "connect --tun heddle0 --address 192.0.2.2/24 192.0.2.1 65536 | a port is 1 to 65535, not 65536",
                "connect --tun heddle0 --address 192.0.2.2/24 192.0.2.1 http | http",
                "ss --pid 0 | no stack is running in process 0",
                "ss --pid me | me",
                "ss now | now",
                "walk | walk"
            })
    void what_is_wrong_is_said_in_one_line(String words, String why) {
        assertThat(run(words.split(" "))).as(words).isEqualTo(2);
        List<String> lines = err.toString().lines().toList();
        assertThat(lines).as(words).hasSize(1);
        assertThat(lines.getFirst()).startsWith("heddle: ").contains(why);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void without_a_command_it_says_what_there_is() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
    }
}
