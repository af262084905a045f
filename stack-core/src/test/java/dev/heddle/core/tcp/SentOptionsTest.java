package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of the segments that are sent, byte by byte (RFC 9293 3.1, 3.2, 3.7.1). */
class SentOptionsTest {

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int MSS = 2;

    private final TcpScript script = new TcpScript();
    private final List<String> segments = new ArrayList<>();

    @BeforeEach
    void watch() {
        script.output.watcher = this::look;
    }

    /** A conversation with a handshake, data, retransmissions, SACK blocks, probes, and a close. */
    @ParameterizedTest
    @CsvSource({"true, true, true", "true, false, true", "false, true, true", "false, false, true", "true, true, false"
    })
    @Requirement({"RFC9293:MUST-68", "RFC9293:MUST-69", "RFC9293:MUST-65"})
    void every_option_has_its_length_and_the_mss_is_in_syns_only(boolean timestamps, boolean sack, boolean scaling) {
        if (timestamps) {
            script.withTimestamps(1000);
        }
        script.config(c -> c.sack(sack).windowScaling(scaling))
                .options(o -> o.keepAlive(true).keepIdleNs(TcpScript.MS * 1000))
                .established()
                .write(3000)
                .after(3000 * TcpScript.MS)
                .inject(ack(3001))
                .after(3000 * TcpScript.MS);
        for (int block = 0; block < 5; block++) {
            script.inject(data(1001 + 2000 * block, 2001 + 2000 * block));
        }
        script.inject(data(1, 1001)).read(2000).close().abort();
        assertThat(segments).contains("S").hasSizeGreaterThan(12);
    }

    @Test
    @Requirement("RFC9293:MUST-65")
    void syn_ack_has_an_mss_too() {
        script.listen(syn().mss(1400)).expect(Seg.seg("S.").seq(0).acks(1).mss(1460));
        assertThat(segments).containsExactly("S");
    }

    @Test
    @Requirement({"RFC9293:SHLD-5", "RFC9293:MAY-3"})
    void syn_tells_its_mss_even_if_it_is_the_default() {
        script.mtu(576).connect().expect(Seg.seg("S").mss(536));
    }

    private void look(TcpHeader header) {
        segments.add(header.isSyn() ? "S" : "");
        ByteBuffer b = header.buffer();
        int end = header.payloadOffset();
        int at = end - header.headerBytes() + TcpHeader.HEADER_BYTES;
        assertThat((end - at) % 4).isZero();
        boolean mss = false;
        while (at < end && b.get(at) != END) {
            int kind = b.get(at) & 0xff;
            int length = kind == NOP ? 1 : b.get(at + 1) & 0xff;
            assertThat(length).as("length of option %d", kind).isBetween(kind == NOP ? 1 : 2, end - at);
            mss |= kind == MSS;
            at += length;
        }
        for (; at < end; at++) {
            assertThat(b.get(at)).as("padding").isZero();
        }
        assertThat(mss).as("MSS option").isEqualTo(header.isSyn());
    }
}
