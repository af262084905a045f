package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** What an application sets for IP reaches IP with every segment (RFC 9293 3.9.1.9, 3.9.2). */
class TrafficClassTest {

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement({"RFC9293:MUST-48", "RFC9293:SHLD-22", "RFC9293:MUST-49"})
    void syn_data_acks_and_resets_carry_what_was_set() {
        script.options(o -> o.trafficClass(0xb8).hopLimit(5)).connect();
        expectFields(0xb8, 5);
        script.answered().write(100);
        expectFields(0xb8, 5);
        script.inject(data(1, 1001));
        expectFields(0xb8, 5);
        script.abort();
        expectFields(0xb8, 5);
    }

    @Test
    @Requirement("RFC9293:SHLD-21")
    void change_while_connected_counts_from_the_next_segment() {
        script.established().write(100);
        expectFields(0, 64);
        script.inject(ack(101)).options(o -> o.trafficClass(0x20).hopLimit(9)).write(100);
        expectFields(0x20, 9);
    }

    private void expectFields(int trafficClass, int hopLimit) {
        assertThat(script.output.lastTrafficClass).isEqualTo(trafficClass);
        assertThat(script.output.lastHopLimit).isEqualTo(hopLimit);
        script.output.lastTrafficClass = script.output.lastHopLimit = -1;
    }
}
