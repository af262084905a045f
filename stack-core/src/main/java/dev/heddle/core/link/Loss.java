package dev.heddle.core.link;

import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Which packets of one direction disappear. This is the description, which holds no state and may be shared; each direction of
 * a link {@linkplain #start starts} a decider of its own. Anybody may bring a rule of their own.
 */
@FunctionalInterface
public interface Loss {

    /** Nothing is lost. */
    Loss NONE = random -> packet -> false;

    /** The rule at work on one direction, in the order in which its packets come; guarded by that direction's lock. */
    @FunctionalInterface
    interface Decider {

        /** Whether this packet disappears. The packet is only looked at. */
        boolean drops(Packet packet);
    }

    /**
     * Begins with the first packet.
     *
     * @param random the direction's own; the same seed gives the same losses
     */
    Decider start(RandomGenerator random);

    /** Each packet with the same probability, 0 to 1, whatever happened to others. */
    static Loss random(double probability) {
        return probability == 0 ? NONE : new RandomLoss(probability);
    }

    /**
     * Every n-th packet that carries data: the loss that the response functions of RFC 9438 and of Mathis assume, with one
     * loss event for each 1/p packets. Packets without data are left alone and not counted.
     *
     * @param interval n, at least 1
     */
    static Loss everyDataPacket(long interval) {
        return new PeriodicLoss(interval);
    }

    /**
     * Bursts by the model of Gilbert and Elliott: the path is good or bad, and packets are lost in each with a probability of
     * their own. Before each packet the path may change. All are probabilities, 0 to 1.
     *
     * @param goodToBad that a good path becomes bad
     * @param badToGood that a bad one becomes good; its inverse is the mean length of a burst in packets
     * @param lossWhenGood usually 0
     * @param lossWhenBad usually 1
     */
    static Loss bursts(double goodToBad, double badToGood, double lossWhenGood, double lossWhenBad) {
        return new GilbertElliottLoss(goodToBad, badToGood, lossWhenGood, lossWhenBad);
    }

    /**
     * A script: the packets of a kind by their number. {@code Loss.script(PacketFields::hasData, 3)} drops the third segment
     * with data, whichever that is.
     *
     * @param kind which packets are counted
     * @param numbers which of them are dropped, from 1; none for all
     */
    static Loss script(Predicate<PacketFields> kind, long... numbers) {
        return new ScriptedLoss(Objects.requireNonNull(kind), numbers);
    }

    /** What either rule drops. Both see every packet. */
    default Loss or(Loss other) {
        Objects.requireNonNull(other);
        return random -> {
            Decider first = start(random);
            Decider second = other.start(random);
            return packet -> first.drops(packet) | second.drops(packet);
        };
    }
}
