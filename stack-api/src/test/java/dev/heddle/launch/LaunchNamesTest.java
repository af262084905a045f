package dev.heddle.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import dev.heddle.net.NetworkStackBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LaunchNamesTest {

    private static final String NECESSARY = "tun=heddle0,address=192.0.2.2/24";

    private static LaunchNames parse(String options) {
        return LaunchOptions.parse(NECESSARY + options).names();
    }

    @Test
    void servers_and_a_hosts_file_are_the_stacks(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "198.51.100.1 www\n");
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system())) {
            NetworkStackBuilder builder = NetworkStack.builder().link(cable.a()).address("192.0.2.2/24");
            parse(",dns=192.0.2.1,dns=[2001:db8::1]:5353,hosts=" + hosts).to(builder);
            try (NetworkStack stack = builder.build()) {
                assertThat(stack.resolver())
                        .hasToString("StackResolver[" + hosts + ", DnsClient[192.0.2.1, [2001:db8:0:0:0:0:0:1]:5353]]");
            }
        }
    }

    @Test
    void what_is_no_server_and_a_second_hosts_file_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(",dns=ns.example.org").to(NetworkStack.builder()))
                .withMessageStartingWith("no DNS server: \"ns.example.org\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(",hosts=a,hosts=b"))
                .withMessage("hosts is given twice");
    }
}
