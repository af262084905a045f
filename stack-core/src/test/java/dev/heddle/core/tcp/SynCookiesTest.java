package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.wire.IpAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The numbers that stand for a handshake (RFC 4987 3.6 and appendix A). */
class SynCookiesTest {

    private static final int IRS = 0x1234_5678;
    private static final long PERIOD = SynCookies.PERIOD_NS;
    private static final SocketPair PAIR = pair("192.0.2.1", 5000);

    private final SynCookies cookies = new SynCookies(new SplittableRandom(1));

    private static SocketPair pair(String remote, int remotePort) {
        return SocketPair.of(IpAddress.parse("192.0.2.2"), 80, IpAddress.parse(remote), remotePort, 0);
    }

    @Test
    @Requirement("RFC4987:3.6")
    void a_cookie_brings_the_mss_back_and_never_a_larger_one() {
        for (int mss = 48; mss <= 65_535; mss++) {
            int back = cookies.check(PAIR, IRS, cookies.mint(PAIR, IRS, mss, 7), 7);
            assertThat(back).isBetween(48, mss);
        }
        for (int common : new int[] {536, 1220, 1380, 1440, 1460, 8940}) {
            assertThat(cookies.check(PAIR, IRS, cookies.mint(PAIR, IRS, common, 7), 7))
                    .isEqualTo(common);
        }
    }

    @Test
    @Requirement("RFC4987:A")
    void a_cookie_is_of_one_peer_one_port_and_one_syn() {
        int cookie = cookies.mint(PAIR, IRS, 1460, 7);
        assertThat(cookies.check(pair("192.0.2.3", 5000), IRS, cookie, 7)).isZero();
        assertThat(cookies.check(pair("192.0.2.1", 5001), IRS, cookie, 7)).isZero();
        assertThat(cookies.check(PAIR, IRS + 1, cookie, 7)).isZero();
        assertThat(cookies.check(PAIR, IRS + 1, cookie + 1, 7))
                .as("both moved by the same amount")
                .isZero();
        assertThat(new SynCookies(new SplittableRandom(2)).check(PAIR, IRS, cookie, 7))
                .as("another host's")
                .isZero();
    }

    @Test
    @Requirement("RFC4987:A")
    void a_cookie_lives_for_the_rest_of_its_period_and_the_next() {
        int early = cookies.mint(PAIR, IRS, 1460, PERIOD);
        int late = cookies.mint(PAIR, IRS, 1460, 2 * PERIOD - 1);
        assertThat(early).as("one period, one cookie").isEqualTo(late);
        assertThat(cookies.check(PAIR, IRS, early, 3 * PERIOD - 1)).isEqualTo(1460);
        assertThat(cookies.check(PAIR, IRS, early, 3 * PERIOD)).isZero();
        assertThat(cookies.check(PAIR, IRS, early, (256 + 1) * PERIOD))
                .as("when the eight bits of the period come round")
                .isZero();
    }

    @Test
    @Requirement("RFC4987:3.6")
    void a_new_key_is_drawn_for_each_period_in_which_cookies_are_used() {
        AtomicInteger draws = new AtomicInteger();
        SynCookies counted = new SynCookies(() -> draws.incrementAndGet() * 0x9e37_79b9_7f4a_7c15L);
        int before = draws.get();
        for (int period = 1; period <= 100; period++) {
            counted.mint(PAIR, IRS, 1460, period * PERIOD);
            counted.mint(PAIR, IRS, 1460, period * PERIOD + PERIOD / 2);
            assertThat(draws.get() - before).as("two words a key").isEqualTo(2 * period);
        }
    }

    @Test
    void a_thread_whose_packet_came_just_before_the_period_changed_can_still_use_the_keys() {
        int before = cookies.mint(PAIR, IRS, 1460, PERIOD - 1);
        int after = cookies.mint(PAIR, IRS, 1460, PERIOD);
        assertThat(cookies.check(PAIR, IRS, before, PERIOD - 1)).isEqualTo(1460);
        assertThat(cookies.check(PAIR, IRS, after, PERIOD - 1)).isEqualTo(1460);
    }

    @Test
    @Requirement("RFC4987:3.6")
    void guessing_a_cookie_is_hopeless() {
        cookies.mint(PAIR, IRS, 1460, 0);
        SplittableRandom guess = new SplittableRandom(3);
        int hits = 0;
        for (int i = 0; i < 1_000_000; i++) {
            hits += cookies.check(PAIR, IRS, guess.nextInt(), PERIOD) > 0 ? 1 : 0;
        }
        // 16 numbers of 2^32 are right at a time: a hit in 268 million.
        assertThat(hits).isZero();
    }

    @Test
    @Requirement("RFC9293:MUST-9")
    void cookies_of_different_peers_say_nothing_of_each_other() {
        Set<Integer> steps = new HashSet<>();
        int last = 0;
        for (int port = 1; port <= 1000; port++) {
            int cookie = cookies.mint(pair("192.0.2.1", port), IRS, 1460, 0);
            steps.add(cookie - last);
            last = cookie;
        }
        assertThat(steps).hasSizeGreaterThan(995);
    }
}
