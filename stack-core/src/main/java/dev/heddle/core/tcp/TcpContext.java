package dev.heddle.core.tcp;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.tcp.congestion.CongestionControls;

/**
 * What all connections of a host share, and where one tells what befalls it. Everything in it may be used by any thread.
 *
 * @param events where a connection tells what befalls it; of all others {@link TcpEvents#NONE}
 * @param orphans the connections that nobody holds any more
 * @param challengeAcks the host's budget of challenge ACKs (RFC 5961 7)
 */
public record TcpContext(
        TcpConfig config,
        SegmentOutput output,
        BufferPool pool,
        CounterSet<TcpCounter> counters,
        CongestionControls congestionControls,
        ChallengeAckLimit challengeAcks,
        InitialSequence initialSequence,
        Orphans orphans,
        TcpEvents events) {

    /** The same with another way out. */
    public TcpContext with(SegmentOutput otherOutput) {
        return new TcpContext(
                config,
                otherOutput,
                pool,
                counters,
                congestionControls,
                challengeAcks,
                initialSequence,
                orphans,
                events);
    }

    /** The same for one connection whose events are wanted. */
    public TcpContext with(TcpEvents ofConnection) {
        return new TcpContext(
                config,
                output,
                pool,
                counters,
                congestionControls,
                challengeAcks,
                initialSequence,
                orphans,
                ofConnection);
    }
}
