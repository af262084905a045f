package dev.heddle.core.link;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Losses by number, see {@link Loss#script}. */
final class ScriptedLoss implements Loss {

    private final Predicate<PacketFields> kind;
    private final long[] numbers;

    ScriptedLoss(Predicate<PacketFields> kind, long[] numbers) {
        this.kind = kind;
        this.numbers = numbers.clone();
        Arrays.sort(this.numbers);
        if (numbers.length > 0 && this.numbers[0] < 1) {
            throw new IllegalArgumentException("packets are counted from 1: " + Arrays.toString(numbers));
        }
    }

    @Override
    public Decider start(RandomGenerator random) {
        return new Decider() {
            private final PacketFields fields = new PacketFields();
            private long seen;

            @Override
            public boolean drops(Packet packet) {
                if (!fields.parse(packet) || !kind.test(fields)) {
                    return false;
                }
                seen++;
                return numbers.length == 0 || Arrays.binarySearch(numbers, seen) >= 0;
            }
        };
    }
}
