package dev.heddle.commands.ping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.EchoAnswer;
import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.wire.IpAddress;
import org.junit.jupiter.api.Test;

/** The lines of ping, which scripts read. */
class PingsTest {

    private static final IpAddress PEER = IpAddress.parse("192.0.2.1");

    private final Pings pings = new Pings("host");

    private static EchoAnswer reply(int sequence, long roundTripNs, boolean intact, boolean duplicate) {
        return new EchoAnswer(PEER, sequence, 56, 63, roundTripNs, intact, duplicate, null);
    }

    @Test
    void a_reply_is_a_line_with_four_digits_of_time() {
        assertThat(pings.answered(reply(1, 63_400, true, false)))
                .isEqualTo("64 bytes from 192.0.2.1: icmp_seq=1 ttl=63 time=0.063 ms");
        assertThat(pings.answered(reply(2, 1_234_000, true, false))).endsWith(" time=1.23 ms");
        assertThat(pings.answered(reply(3, 12_340_000, true, false))).endsWith(" time=12.3 ms");
        assertThat(pings.answered(reply(4, 123_400_000, true, false))).endsWith(" time=123 ms");
    }

    @Test
    void what_is_odd_about_a_reply_is_said() {
        assertThat(pings.answered(reply(1, 1, true, true))).endsWith(" ms (DUP!)");
        assertThat(pings.answered(reply(1, 1, false, false))).endsWith(" ms (other data than was sent!)");
    }

    @Test
    void an_error_is_a_line_with_who_says_so() {
        assertThat(pings.answered(new EchoAnswer(PEER, 7, 0, 64, 1, false, false, IcmpError.Kind.TIME_EXCEEDED)))
                .isEqualTo("From 192.0.2.1 icmp_seq=7 Time to live exceeded");
        assertThat(pings.anyReceived()).isFalse();
        pings.sent();
        assertThat(pings.isComplete()).isTrue();
    }

    @Test
    void the_summary_counts() {
        for (int i = 0; i < 3; i++) {
            pings.sent();
        }
        pings.answered(reply(1, 1_000_000, true, false));
        assertThat(pings.isComplete()).isFalse();
        pings.answered(reply(2, 3_000_000, false, false));
        pings.answered(reply(2, 5_000_000, true, true));
        assertThat(pings.summary(2_003)).isEqualTo("""

                --- host ping statistics ---
                3 packets transmitted, 2 received, +1 duplicates, +1 corrupted, 33.3333% packet loss, time 2003ms
                rtt min/avg/max/mdev = 1.000/3.000/5.000/1.633 ms
                """);
    }

    @Test
    void the_summary_of_nothing_has_no_times() {
        assertThat(pings.summary(0)).contains("0 packets transmitted, 0 received, 0% packet loss, time 0ms");
        pings.sent();
        assertThat(pings.summary(9))
                .contains("1 packets transmitted, 0 received, 100% packet loss")
                .doesNotContain("rtt");
    }

    @Test
    void the_loss_has_six_digits_as_the_kernels_ping_prints_it() {
        for (int i = 0; i < 15; i++) {
            pings.sent();
            if (i > 0) {
                pings.answered(reply(i, 1_000_000, true, false));
            }
        }
        assertThat(pings.summary(0)).contains("15 packets transmitted, 14 received, 6.66667% packet loss");
    }
}
