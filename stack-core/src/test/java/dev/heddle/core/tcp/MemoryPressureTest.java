package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.syn;
import static dev.heddle.core.tcp.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.buffer.Chunk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pool that has nothing to give (DESIGN: memory has one owner and one limit). */
class MemoryPressureTest {

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC9293:3.8.6")
    void data_in_order_that_finds_no_memory_is_not_acknowledged_and_taken_later() {
        script.established();
        List<Chunk> held = script.exhaustMemory();
        script.inject(data(1, 1001)).expect(ack(1)).expectCount(TcpCounter.TcpExtTCPRcvQDrop, 1);
        held.forEach(script.pool::release);
        script.inject(data(1, 1001)).expect(ack(1001)).read(1000).expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:3.8.6")
    void part_that_finds_memory_is_taken() {
        script.established().inject(data(1, 4001)).ignoreSent();
        List<Chunk> held = script.exhaustMemory();
        script.inject(data(4001, 5001)).expect(ack(4097)).read(4096);
        held.forEach(script.pool::release);
        script.inject(data(4097, 5001)).expect(ack(5001)).read(904).expectNoMemory();
    }

    @Test
    @Requirement("RFC2018:8")
    void data_in_order_takes_the_place_of_data_out_of_order() {
        script.established().inject(data(10_001, 11_001)).ignoreSent();
        List<Chunk> held = script.exhaustMemory();
        script.inject(data(1, 1001))
                .expect(ack(1001).noSack())
                .expectCount(TcpCounter.TcpExtOfoPruned, 1)
                .read(1000);
        held.forEach(script.pool::release);
        script.expectNoMemory();
    }

    @Test
    @Requirement("RFC2018:8")
    void also_who_throws_away_what_arrives_can_let_go_of_the_many_ranges_that_take_memory() {
        script.established();
        script.tcb().shutdownInput();
        for (int i = 1; i <= OutOfOrderRanges.KEPT_LENGTH; i++) {
            script.inject(data(10L * i, 10L * i + 1));
        }
        assertThat(script.tcb().holdsDataAhead()).as("nothing that is charged").isFalse();
        for (int i = OutOfOrderRanges.KEPT_LENGTH + 1; i <= 100; i++) {
            script.inject(data(10L * i, 10L * i + 1));
        }
        assertThat(script.tcb().holdsDataAhead()).isTrue();
        script.ignoreSent().tcb().letGoOfDataAhead();
        assertThat(script.tcb().holdsDataAhead()).isFalse();
        script.expectNoMemory();
        script.inject(data(1, 1001)).expect(ack(1001).noSack());
    }

    @Test
    @Requirement("RFC2018:8")
    void out_of_order_data_that_finds_no_memory_is_not_reported() {
        script.established();
        List<Chunk> held = script.exhaustMemory();
        script.inject(data(1001, 2001)).expect(ack(1).noSack()).expectCount(TcpCounter.TcpExtTCPOFODrop, 1);
        held.forEach(script.pool::release);
        script.expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:SHLD-14")
    void window_advances_by_no_more_than_there_is_memory_for() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(12_000))
                .established();
        script.inject(data(1, 12_001)).expect(ack(12_001).window(0));
        List<Chunk> held = script.exhaustMemory();
        // What it held was three chunks; nobody is promised more than the first one while memory is short.
        script.read(12_000).expect(ack(12_001).window(4096));
        script.inject(data(12_001, 13_001)).expect(ack(13_001).window(3096));
        held.forEach(script.pool::release);
        script.read(1000).expect(ack(13_001).window(12_000)).expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:SHLD-14")
    void window_that_only_memory_keeps_closed_opens_when_there_is_some() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(4000))
                .established();
        script.inject(data(1, 4001)).expect(ack(4001).window(0));
        List<Chunk> held = script.exhaustMemory();
        script.read(3000).expectNothing();
        assertThat(script.tcb().isWindowHeldBack()).isTrue();
        script.tcb().memoryAvailable();
        script.flush().expectNothing();
        assertThat(script.tcb().isWindowHeldBack()).isTrue();
        held.forEach(script.pool::release);
        script.tcb().memoryAvailable();
        script.flush().expect(ack(4001).window(3000));
        assertThat(script.tcb().isWindowHeldBack()).isFalse();
    }

    @Test
    @Requirement("RFC2018:8")
    void out_of_order_data_is_the_first_to_go_without_memory() {
        script.established();
        List<Chunk> held = script.exhaustMemory();
        // A quarter is free: enough for everybody who reads what comes.
        int free = held.size() / 8 + held.size() / 8 - 1;
        held.subList(0, free).forEach(script.pool::release);
        script.inject(data(1001, 2001)).expect(ack(1).noSack()).expectCount(TcpCounter.TcpExtTCPOFODrop, 1);
        script.inject(data(1, 1001)).expect(ack(1001)).read(1000);
        held.subList(free, held.size()).forEach(script.pool::release);
        script.inject(data(2001, 3001)).expect(ack(1001).sack(2001, 3001)).expectNoMemory();
    }

    @Test
    @Requirement("RFC2018:8")
    void data_ahead_of_a_gap_that_was_let_go_is_no_longer_reported_and_taken_again() {
        script.established().inject(data(1, 1001)).ignoreSent();
        script.inject(data(5001, 6001)).expect(ack(1001).sack(5001, 6001));
        script.tcb().letGoOfDataAhead();
        assertThat(script.tcb().holdsDataAhead()).isFalse();
        script.expectCount(TcpCounter.TcpExtOfoPruned, 1);
        script.inject(data(1001, 5001)).expect(ack(5001).noSack());
        script.inject(data(5001, 6001)).expect(ack(6001)).read(6000).expectNoMemory();
    }

    @Test
    void what_an_active_open_announces_is_no_more_than_there_is_memory_for() {
        List<Chunk> held = script.exhaustMemory();
        script.pool.release(held.removeLast());
        script.connect().expect(syn().seq(0).window(4096));
        script.inject(synAck().mss(1000).window(60_000)).expect(ack(1).window(4096));
        held.forEach(script.pool::release);
    }

    @Test
    @Requirement("RFC9293:SHLD-14")
    void a_window_that_was_never_open_for_want_of_memory_opens_when_there_is_some() {
        List<Chunk> held = script.exhaustMemory();
        script.connect().expect(syn().seq(0).window(0));
        script.inject(synAck().mss(1000).window(60_000)).expect(ack(1).window(0));
        assertThat(script.tcb().isWindowHeldBack()).isTrue();
        held.forEach(script.pool::release);
        script.tcb().memoryAvailable();
        script.flush().expect(ack(1));
        assertThat(script.tcb().isWindowHeldBack()).isFalse();
        assertThat(script.tcb().receiveSequence().window()).isGreaterThan(60_000);
    }

    @Test
    void what_a_passive_open_announces_is_no_more_than_there_is_memory_for() {
        List<Chunk> held = script.exhaustMemory();
        script.pool.release(held.removeLast());
        script.listen(syn().mss(1000)).expect(synAck().window(4096));
        script.inject(ack(1).seq(1)).write(100).expect(data(1, 101).window(4096));
        held.forEach(script.pool::release);
    }

    @Test
    void writer_gets_nothing_without_memory() {
        script.established();
        List<Chunk> held = script.exhaustMemory();
        assertThat(script.tcb().write(new byte[100], 0, 100)).isZero();
        held.forEach(script.pool::release);
        script.write(100).expect(data(1, 101)).inject(ack(101)).expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:SHLD-14")
    void while_memory_is_short_the_window_advances_no_further_than_the_chunk_that_is_held() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(4000))
                .established();
        script.inject(data(1, 3001)).expect(ack(3001).window(1000));
        List<Chunk> held = script.exhaustMemory();
        script.read(2999).expectNothing();
        script.inject(data(3001, 3501)).expect(ack(3501).window(500));
        held.forEach(script.pool::release);
        script.read(501).expect(ack(3501).window(4000)).expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:SHLD-14")
    void while_memory_is_short_the_window_advances_to_the_guaranteed_chunk() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(8000))
                .established();
        for (int at = 1; at < 7001; at += 1000) {
            script.inject(data(at, at + 1000));
        }
        script.ignoreSent();
        List<Chunk> held = script.exhaustMemory();
        script.read(7000).expect(ack(7001).window(script.pool.chunkBytes()));
        held.forEach(script.pool::release);
    }

    @Test
    void idle_connection_holds_no_memory() {
        script.established().write(1000).inject(ack(1001)).inject(data(1, 1001)).read(1000);
        assertThat(script.pool.usedBytes()).isZero();
    }
}
