package dev.heddle.core.link;

import java.util.Objects;

/**
 * What a {@link FaultyLink} does to the packets of one direction. Probabilities are for each packet, 0 to 1.
 *
 * @param loss which packets disappear
 * @param duplication that it arrives twice
 * @param reordering that it is held back by {@code reorderDelayNs} while later ones pass
 * @param reorderDelayNs how long a reordered packet is held back, nanoseconds
 * @param corruption that one of its bits behind the IP header changes, which a checksum then catches
 * @param marking that an ECN-capable packet is marked as having met congestion (RFC 3168 5)
 * @param markingQueueBytes while more bytes than this wait for the rate, ECN-capable packets that join are marked; 0 for never
 * @param delayNs how long every packet travels, nanoseconds
 * @param jitterNs up to how much longer it travels, evenly spread; keeps the order
 * @param bitsPerSecond how fast packets leave one after the other; 0 for no limit
 * @param queueBytes how many bytes wait for that at most; what comes on top is dropped
 * @param largestPacketBytes longer packets disappear without a word, as in a path-MTU black hole; 0 for no limit
 */
public record Faults(
        Loss loss,
        double duplication,
        double reordering,
        long reorderDelayNs,
        double corruption,
        double marking,
        int markingQueueBytes,
        long delayNs,
        long jitterNs,
        long bitsPerSecond,
        int queueBytes,
        int largestPacketBytes) {

    /** The usual {@link #queueBytes}: about 170 full Ethernet packets. */
    public static final int DEFAULT_QUEUE_BYTES = 256 * 1024;

    private static final long DEFAULT_REORDER_DELAY_NS = 1_000_000;

    /** A perfect wire. */
    public static final Faults NONE = builder().build();

    public Faults {
        Objects.requireNonNull(loss, "loss");
        probability("duplication", duplication);
        probability("reordering", reordering);
        probability("corruption", corruption);
        probability("marking", marking);
        notNegative("markingQueueBytes", markingQueueBytes);
        notNegative("reorderDelayNs", reorderDelayNs);
        notNegative("delayNs", delayNs);
        notNegative("jitterNs", jitterNs);
        notNegative("bitsPerSecond", bitsPerSecond);
        notNegative("queueBytes", queueBytes);
        notNegative("largestPacketBytes", largestPacketBytes);
    }

    /** A builder that starts with a perfect wire. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these. */
    public Builder with() {
        Builder builder = new Builder();
        builder.loss = loss;
        builder.duplication = duplication;
        builder.reordering = reordering;
        builder.reorderDelayNs = reorderDelayNs;
        builder.corruption = corruption;
        builder.marking = marking;
        builder.markingQueueBytes = markingQueueBytes;
        builder.delayNs = delayNs;
        builder.jitterNs = jitterNs;
        builder.bitsPerSecond = bitsPerSecond;
        builder.queueBytes = queueBytes;
        builder.largestPacketBytes = largestPacketBytes;
        return builder;
    }

    static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be 0 to 1: " + value);
        }
    }

    private static void notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }

    /** Makes {@link Faults}; what is not said stays perfect. */
    public static final class Builder {

        private Loss loss = Loss.NONE;
        private double duplication;
        private double reordering;
        private long reorderDelayNs = DEFAULT_REORDER_DELAY_NS;
        private double corruption;
        private double marking;
        private int markingQueueBytes;
        private long delayNs;
        private long jitterNs;
        private long bitsPerSecond;
        private int queueBytes = DEFAULT_QUEUE_BYTES;
        private int largestPacketBytes;

        private Builder() {}

        /** Loses each packet with the same probability, 0 to 1. */
        public Builder loss(double probability) {
            return loss(Loss.random(probability));
        }

        public Builder loss(Loss rule) {
            loss = rule;
            return this;
        }

        public Builder duplication(double probability) {
            duplication = probability;
            return this;
        }

        /** Holds packets back by a millisecond if {@link #reorderDelayNs} says nothing else. */
        public Builder reordering(double probability) {
            reordering = probability;
            return this;
        }

        public Builder reorderDelayNs(long nanoseconds) {
            reorderDelayNs = nanoseconds;
            return this;
        }

        public Builder corruption(double probability) {
            corruption = probability;
            return this;
        }

        public Builder marking(double probability) {
            marking = probability;
            return this;
        }

        public Builder markingQueueBytes(int bytes) {
            markingQueueBytes = bytes;
            return this;
        }

        public Builder delayNs(long nanoseconds) {
            delayNs = nanoseconds;
            return this;
        }

        public Builder jitterNs(long nanoseconds) {
            jitterNs = nanoseconds;
            return this;
        }

        public Builder bitsPerSecond(long rate) {
            bitsPerSecond = rate;
            return this;
        }

        public Builder queueBytes(int bytes) {
            queueBytes = bytes;
            return this;
        }

        public Builder largestPacketBytes(int bytes) {
            largestPacketBytes = bytes;
            return this;
        }

        /**
         * Makes the faults.
         *
         * @throws IllegalArgumentException if a probability is not 0 to 1, or anything is negative
         */
        public Faults build() {
            return new Faults(
                    loss,
                    duplication,
                    reordering,
                    reorderDelayNs,
                    corruption,
                    marking,
                    markingQueueBytes,
                    delayNs,
                    jitterNs,
                    bitsPerSecond,
                    queueBytes,
                    largestPacketBytes);
        }
    }
}
