package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.congestion.Acknowledgement;
import dev.heddle.core.tcp.congestion.RateSample;
import dev.heddle.core.tcp.recovery.DeliveryRateEstimator;
import dev.heddle.core.tcp.recovery.RttEstimator;
import dev.heddle.core.tcp.recovery.SendRecords;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;

/**
 * What an arriving acknowledgement means: it is applied to the send records, and one {@link Acknowledgement} is made of it, which
 * loss recovery and congestion control read.
 */
final class AckArrival {

    private final TcpContext context;
    private final SendSequence sequence;
    private final SegmentEmitter emitter;
    private final RttEstimator rtt;
    private final SendBuffer buffer;
    private final Congestion congestion;
    private final LossRecovery recovery;
    private final Acknowledgement description = new Acknowledgement();

    AckArrival(
            TcpContext context,
            SendSequence sequence,
            SegmentEmitter emitter,
            RttEstimator rtt,
            SendBuffer buffer,
            Congestion congestion,
            LossRecovery recovery) {
        this.context = context;
        this.sequence = sequence;
        this.emitter = emitter;
        this.rtt = rtt;
        this.buffer = buffer;
        this.congestion = congestion;
        this.recovery = recovery;
    }

    /**
     * Takes the ACK field and SACK blocks of an acceptable segment.
     *
     * @param ack the acknowledgment offset
     * @param repeats whether the segment has neither text nor SYN nor FIN, nor a new window
     */
    void process(TcpHeader header, long ack, boolean repeats, Packet packet) {
        SendRecords records = recovery.records();
        description.reset(packet.arrivalNs, recovery.inFlightBytes());
        recovery.acknowledging(packet.arrivalNs, echoedBeforeNs(header.options(), packet.arrivalNs));
        description.congestionWindowLimited = congestion.isWindowLimited();
        if (ack > sequence.una) {
            description.acknowledgedBytes = ack - sequence.una;
            description.deliveredBytes = records.acknowledge(ack);
            sequence.una = ack;
            buffer.acknowledged(ack);
        } else {
            description.duplicate = repeats && ack == sequence.una;
        }
        TcpOptions options = header.options();
        if (emitter.negotiated().sack() && options.sackBlocks() > 0) {
            description.sackedBytes = takeSack(options, ack);
            description.deliveredBytes += description.sackedBytes;
        }
        measure(header);
        description.unacknowledgedOffset = sequence.una;
        description.nextOffset = sequence.nxt;
        int mss = emitter.mssBytes();
        long newBytes = Math.min(buffer.unsentBytes(sequence.nxt), sequence.windowEdge() - sequence.nxt);
        boolean echo = emitter.ecn().isEcho(header.flags());
        // RFC 3168 6.1.2: the window does not grow by what reports congestion.
        description.ecnEcho = echo;
        description.recovering = echo;
        recovery.acknowledged(description, sequence.una, sequence.nxt, mss, newBytes >= mss, congestion.control());
        if (echo) {
            echoArrived(packet.arrivalNs);
        }
    }

    /** The peer echoes a mark of congestion (RFC 3168 6.1.2). */
    private void echoArrived(long nowNs) {
        Ecn ecn = emitter.ecn();
        long marked = (description.deliveredBytes + emitter.mssBytes() - 1) / emitter.mssBytes();
        context.counters().add(TcpCounter.TcpExtTCPDeliveredCE, marked);
        recovery.counts().markedSegments += (int) marked;
        if (recovery.phase() == LossRecovery.Phase.OPEN && !ecn.isReducing(sequence.una)) {
            congestion.control().congestionExperienced(recovery.flightBytes(sequence.nxt), nowNs);
            ecn.reduced(sequence.nxt);
        }
    }

    /**
     * The time before which a transmission must have happened to be the one whose timestamp is echoed; the timestamp clock
     * is coarse, so that is the end of a tick.
     */
    private long echoedBeforeNs(TcpOptions options, long arrivalNs) {
        if (!emitter.negotiated().timestamps() || !options.hasTimestamps()) {
            return Clock.NEVER;
        }
        long tickNs = NegotiatedOptions.TIMESTAMP_TICK_NS;
        int ticksAgo = emitter.negotiated().timestamp(arrivalNs) - options.timestampEcho();
        return (arrivalNs / tickNs - ticksAgo + 1) * tickNs;
    }

    private long takeSack(TcpOptions options, long ack) {
        SackReport report = recovery.report();
        report.read(options, sequence, ack);
        long newly = 0;
        for (int i = 0; i < report.count(); i++) {
            newly += recovery.records().sack(report.left(i), report.right(i));
        }
        return newly;
    }

    private void measure(TcpHeader header) {
        long sentNs = recovery.records().takeEarliestDeliveredSentNs();
        if (sentNs >= 0) {
            description.rttNs = Math.max(1, description.arrivalNs - sentNs);
        } else if (description.acknowledgedBytes > 0
                && emitter.negotiated().timestamps()
                && header.options().hasTimestamps()) {
            // RFC 7323 4.1: the echo tells which transmission arrived, retransmitted or not.
            int ticks = emitter.negotiated().timestamp(description.arrivalNs)
                    - header.options().timestampEcho();
            if (ticks >= 0) {
                description.rttNs = Math.max(1, ticks) * NegotiatedOptions.TIMESTAMP_TICK_NS;
            }
        }
        if (description.rttNs > 0) {
            if (recovery.takeSpikeSample(sequence.una)) {
                rtt.sampleAfterSpuriousTimeout(description.rttNs, description.arrivalNs);
            } else {
                long step = Math.max(description.acknowledgedBytes, 2L * emitter.mssBytes());
                int samplesPerRtt = (int) Math.max(1, description.priorInFlightBytes / step);
                rtt.sample(description.rttNs, samplesPerRtt, description.arrivalNs);
            }
        }
        if (recovery.newestDeliveredSentNs() >= 0) {
            rtt.sampleMinimum(description.arrivalNs - recovery.newestDeliveredSentNs(), description.arrivalNs);
        }
        description.smoothedRttNs = rtt.srttNs();
        description.minRttNs = rtt.minRttNs();
        description.burstBytes = congestion.burstBytes(sequence.nxt);
        description.paced = congestion.pacer().isOn();
        sampleRate(recovery.records().deliveryRate());
    }

    private void sampleRate(DeliveryRateEstimator estimator) {
        estimator.sample(description.arrivalNs, description.minRttNs);
        RateSample sample = description.rate;
        sample.deliveredBytes = estimator.sampleBytes();
        sample.intervalNs = estimator.sampleIntervalNs();
        sample.priorDeliveredBytes = estimator.samplePriorDelivered();
        sample.totalDeliveredBytes = estimator.deliveredBytes();
        sample.applicationLimited = estimator.isSampleApplicationLimited();
        sample.retransmission = estimator.isSampleRetransmission();
    }
}
