package dev.heddle.core.link;

import java.util.random.RandomGenerator;

/** Independent losses, see {@link Loss#random}. */
record RandomLoss(double probability) implements Loss {

    RandomLoss {
        Faults.probability("loss", probability);
    }

    @Override
    public Decider start(RandomGenerator random) {
        return packet -> random.nextDouble() < probability;
    }
}
