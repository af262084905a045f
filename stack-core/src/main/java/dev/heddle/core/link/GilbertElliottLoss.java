package dev.heddle.core.link;

import java.util.random.RandomGenerator;

/** Losses in bursts, see {@link Loss#bursts}. */
record GilbertElliottLoss(double goodToBad, double badToGood, double lossWhenGood, double lossWhenBad) implements Loss {

    GilbertElliottLoss {
        Faults.probability("goodToBad", goodToBad);
        Faults.probability("badToGood", badToGood);
        Faults.probability("lossWhenGood", lossWhenGood);
        Faults.probability("lossWhenBad", lossWhenBad);
    }

    @Override
    public Decider start(RandomGenerator random) {
        return new Decider() {
            private boolean bad;

            @Override
            public boolean drops(Packet packet) {
                bad ^= random.nextDouble() < (bad ? badToGood : goodToBad);
                return random.nextDouble() < (bad ? lossWhenBad : lossWhenGood);
            }
        };
    }
}
