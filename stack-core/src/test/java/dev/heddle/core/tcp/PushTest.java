package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the stream is cut, and which segment says PSH (RFC 9293 3.9.1.2). */
class PushTest {

    private final TcpScript script = new TcpScript();
    private final List<Boolean> pushed = new ArrayList<>();

    @BeforeEach
    void watch() {
        script.output.watcher = header -> {
            if (header.payloadLength() > 0) {
                pushed.add(header.isPsh());
            }
        };
    }

    @Test
    @Requirement("RFC9293:MUST-61")
    void last_segment_of_what_is_queued_has_psh() {
        script.peerWindow(2048).established().write(3000).expect(data(1, 1001), data(1001, 2001));
        script.inject(ack(2001)).expect(data(2001, 3001).with("P"));
        assertThat(pushed).containsExactly(false, true);
    }

    @Test
    @Requirement({"RFC9293:SHLD-27", "RFC9293:SHLD-28", "RFC9293:MAY-16"})
    void small_writes_that_wait_are_joined_into_full_segments_with_one_psh() {
        script.options(o -> o.noDelay(true))
                .peerWindow(2048)
                .established()
                .write(2000)
                .ignoreSent();
        pushed.clear();
        for (int i = 0; i < 10; i++) {
            script.write(200);
        }
        script.expectNothing()
                .inject(ack(2001))
                .expect(data(2001, 3001), data(3001, 4001).with("P"));
        assertThat(pushed).containsExactly(true);
    }

    @Test
    @Requirement("RFC9293:SHLD-28")
    void full_segments_are_sent_as_soon_as_there_are_some() {
        script.established().write(700).ignoreSent().write(700).expectNothing();
        script.write(700).expect(data(701, 1701));
    }
}
