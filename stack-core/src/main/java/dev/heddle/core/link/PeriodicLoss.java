package dev.heddle.core.link;

import java.util.random.RandomGenerator;

/** Losses at equal distances, see {@link Loss#everyDataPacket}. */
record PeriodicLoss(long interval) implements Loss {

    PeriodicLoss {
        if (interval < 1) {
            throw new IllegalArgumentException("interval must be positive: " + interval);
        }
    }

    @Override
    public Decider start(RandomGenerator random) {
        return new Decider() {
            private final PacketFields fields = new PacketFields();
            private long seen;

            @Override
            public boolean drops(Packet packet) {
                return fields.parse(packet) && fields.hasData() && ++seen % interval == 0;
            }
        };
    }
}
