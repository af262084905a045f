package dev.heddle.launch;

import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.time.Clock;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How bad the path is that a program is tried on: what happens to the packets of its link, each way. */
final class LaunchFaults {

    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)([a-z%]*)");
    private static final Map<String, BigDecimal> PROBABILITIES =
            Map.of("", BigDecimal.ONE, "%", new BigDecimal("0.01"));
    private static final Map<String, BigDecimal> TIMES = Map.of(
            "us", BigDecimal.valueOf(1_000),
            "ms", BigDecimal.valueOf(1_000_000),
            "s", BigDecimal.valueOf(1_000_000_000));

    private static final long DEFAULT_SEED = 1;

    private final Set<String> given = new HashSet<>();
    private Faults faults = Faults.NONE;
    private long seed = DEFAULT_SEED;

    /**
     * Takes an option if it is one of {@code loss=1%}, {@code delay=20ms} (each way; us, ms or s) and {@code seed=NUMBER},
     * which chooses the packets that are lost.
     *
     * @return whether it is one of these
     * @throws IllegalArgumentException if its value is malformed, or it was given before
     */
    boolean take(String name, String value) {
        switch (name) {
            case "loss" -> faults = faults.with().loss(probability(value)).build();
            case "delay" ->
                faults = faults.with()
                        .delayNs(quantity(value, TIMES, "a time such as 20ms").longValue())
                        .build();
            case "seed" -> seed = number(value);
            default -> {
                return false;
            }
        }
        if (!given.add(name)) {
            throw new IllegalArgumentException(name + " is given twice");
        }
        return true;
    }

    Faults faults() {
        return faults;
    }

    /** The link with these faults; itself if there are none. */
    Link on(Link link) {
        return faults.equals(Faults.NONE)
                ? link
                : new FaultyLink(link, Clock.system(), new SplittableRandom(seed), faults);
    }

    private static double probability(String text) {
        String expected = "a probability such as 1% or 0.01";
        double value = quantity(text, PROBABILITIES, expected).doubleValue();
        if (value > 1) {
            throw malformed(text, expected);
        }
        return value;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not a seed, which is a number", e);
        }
    }

    private static BigDecimal quantity(String text, Map<String, BigDecimal> units, String expected) {
        Matcher matcher = QUANTITY.matcher(text);
        BigDecimal unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw malformed(text, expected);
        }
        return new BigDecimal(matcher.group(1)).multiply(unit);
    }

    private static IllegalArgumentException malformed(String text, String expected) {
        return new IllegalArgumentException("\"" + text + "\" is not " + expected);
    }
}
