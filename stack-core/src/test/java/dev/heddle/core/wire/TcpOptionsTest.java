package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpOptionsTest {

    private final TcpOptions options = new TcpOptions();

    private Refusal parse(String hex) {
        ByteBuffer b = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
        return options.parse(b, 0, b.capacity());
    }

    @Property(tries = 500)
    @Requirement({"RFC9293:MUST-4", "RFC9293:MUST-5", "RFC7323:2.2", "RFC7323:3.2", "RFC2018:2", "RFC2018:3"})
    void what_was_written_is_read(
            @ForAll @IntRange(max = 0xffff) int mss,
            @ForAll @IntRange(max = 255) int shift,
            @ForAll int value,
            @ForAll int echo,
            @ForAll @Size(max = 4) int[] edges,
            @ForAll @IntRange(max = 15) int which,
            @ForAll boolean ended) {
        ByteBuffer b = ByteBuffer.allocate(TcpOptions.MAX_BYTES + 40);
        int at = 1;
        if ((which & 1) != 0) {
            at = TcpOptions.writeMss(b, at, mss);
        }
        if ((which & 2) != 0) {
            at = TcpOptions.writeWindowScale(b, TcpOptions.writeNop(b, at), shift);
        }
        if ((which & 4) != 0) {
            at = TcpOptions.writeSackPermitted(b, at);
        }
        if ((which & 8) != 0) {
            at = TcpOptions.writeTimestamps(b, at, value, echo);
        }
        if (edges.length > 0) {
            at = TcpOptions.writeSackHeader(b, at, edges.length);
            for (int edge : edges) {
                at = TcpOptions.writeSackBlock(b, at, edge, edge + 1000);
            }
        }
        if (ended) {
            at = TcpOptions.writeEnd(b, at);
            b.put(at++, (byte) 99); // behind the end anything goes
        }
        assertThat(options.parse(b, 1, at)).isEqualTo(Refusal.NONE);
        assertThat(options.mss()).isEqualTo((which & 1) != 0 ? mss : -1);
        assertThat(options.windowScale()).isEqualTo((which & 2) != 0 ? shift : -1);
        assertThat(options.sackPermitted()).isEqualTo((which & 4) != 0);
        assertThat(options.hasTimestamps()).isEqualTo((which & 8) != 0);
        if (options.hasTimestamps()) {
            assertThat(options.timestampValue()).isEqualTo(value);
            assertThat(options.timestampEcho()).isEqualTo(echo);
        }
        assertThat(options.sackBlocks()).isEqualTo(edges.length);
        for (int i = 0; i < edges.length; i++) {
            assertThat(options.sackLeft(i)).isEqualTo(edges[i]);
            assertThat(options.sackRight(i)).isEqualTo(edges[i] + 1000);
        }
    }

    @Test
    void usual_layout_forgets_the_options_of_the_segment_before() {
        assertThat(parse("020405b4 0402 080a 0000000100000002 01 03030a 2206aabbccdd ac02 050a 0000000300000004"))
                .isEqualTo(Refusal.NONE);
        assertThat(options.hasFastOpenCookie() && options.hasAccEcn()).isTrue();

        assertThat(parse("0101080a 0000000500000006")).isEqualTo(Refusal.NONE);
        assertThat(options.timestampValue()).isEqualTo(5);
        assertThat(options.timestampEcho()).isEqualTo(6);
        assertThat(options.mss()).isEqualTo(-1);
        assertThat(options.windowScale()).isEqualTo(-1);
        assertThat(options.sackPermitted()).isFalse();
        assertThat(options.sackBlocks()).isZero();
        assertThat(options.hasFastOpenCookie()).isFalse();
        assertThat(options.hasAccEcn()).isFalse();

        assertThat(parse("")).isEqualTo(Refusal.NONE);
        assertThat(options.hasTimestamps()).isFalse();
    }

    @Test
    void last_of_two_equal_options_counts() {
        assertThat(parse("02040200 020405b4")).isEqualTo(Refusal.NONE);
        assertThat(options.mss()).isEqualTo(1460);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd040200", "1312000102030405060708090a0b0c0d0e0f", "0602"})
    @Requirement("RFC9293:MUST-6")
    void unknown_options_are_ignored(String unknown) {
        assertThat(parse(unknown + "020405b4")).isEqualTo(Refusal.NONE);
        assertThat(options.mss()).isEqualTo(1460);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0200", "0201", "fd00", "fd01", "02", "fd", "020405", "0101fd09", "0101fdff"})
    @Requirement("RFC9293:MUST-7")
    void illegal_framing_is_refused(String hex) {
        assertThat(parse(hex)).isEqualTo(Refusal.TCP_OPTION_LENGTH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0203aa",
                "0205aabbcc",
                "0302",
                "03040a00",
                "0403aa",
                "0502",
                "0506aabbccdd",
                "0802",
                "080b000000000000000000"
            })
    @Requirement("RFC9293:MUST-7")
    void known_options_of_a_wrong_length_are_refused(String hex) {
        assertThat(parse(hex)).isEqualTo(Refusal.TCP_OPTION_MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({
        "2202, true, 0",
        "2206aabbccdd, true, 4",
        "220800112233aabb, true, 6",
        "221200112233445566778899aabbccddeeff, true, 16",
        "2204aabb, false, 0",
        "2207aabbccddee, false, 0",
        "221400112233445566778899aabbccddeeff0011, false, 0"
    })
    @Requirement("RFC7413:4.1.1")
    void fast_open_cookies_have_four_to_sixteen_bytes_or_none(String hex, boolean present, int bytes) {
        assertThat(parse(hex)).isEqualTo(Refusal.NONE);
        assertThat(options.hasFastOpenCookie()).isEqualTo(present);
        if (present) {
            assertThat(options.fastOpenCookieBytes()).isEqualTo(bytes);
            assertThat(options.fastOpenCookieOffset()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ac02, true",
        "ae05112233, true",
        "ac08112233445566, true",
        "ae0b112233445566778899, true",
        "ac03aa, false",
        "ae0411aa, false"
    })
    void accurate_ecn_is_recognised(String hex, boolean present) {
        assertThat(parse(hex)).isEqualTo(Refusal.NONE);
        assertThat(options.hasAccEcn()).isEqualTo(present);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "01", "0101", "010101"})
    @Requirement("RFC9293:MUST-64")
    void options_begin_at_any_byte(String before) {
        assertThat(parse(before + "020405b4 03030a 080a0000000700000008")).isEqualTo(Refusal.NONE);
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.windowScale()).isEqualTo(10);
        assertThat(options.timestampValue()).isEqualTo(7);
        assertThat(options.timestampEcho()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({
        "1c 04 00 01, 1",
        "1c 04 7f ff, 32767",
        "1c 04 80 02, 120",
        "1c 04 00 00, -1",
        "1c 04 80 00, -1",
        "1c 03 01 01, -1",
        "01 01 01 01, -1",
    })
    @Requirement({"RFC5482:3.3", "RFC5482:3.4"})
    void user_timeout_is_seconds_or_minutes_and_zero_is_reserved(String hex, int seconds) {
        assertThat(parse(hex)).isEqualTo(Refusal.NONE);
        assertThat(options.userTimeoutSeconds()).isEqualTo(seconds);
    }
}
