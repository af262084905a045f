package dev.heddle.demo;

import dev.heddle.core.link.Faults;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags that put faults on the link. */
final class FaultFlags {

    @Option(
            names = "--loss",
            paramLabel = "PERCENT",
            converter = Probability.class,
            description = "Lose packets, each with this probability: 1%%, 0.5%%.")
    private double loss;

    @Option(
            names = "--duplicate",
            paramLabel = "PERCENT",
            converter = Probability.class,
            description = "Deliver packets twice.")
    private double duplication;

    @Option(
            names = "--reorder",
            paramLabel = "PERCENT",
            converter = Probability.class,
            description = "Hold packets back while others pass.")
    private double reordering;

    @Option(
            names = "--corrupt",
            paramLabel = "PERCENT",
            converter = Probability.class,
            description = "Change a bit of packets.")
    private double corruption;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = Nanoseconds.class,
            description = "Time that packets travel: 20ms, 500us, 1s. A round trip takes twice that.")
    private long delayNs;

    @Option(
            names = "--jitter",
            paramLabel = "TIME",
            converter = Nanoseconds.class,
            description = "Up to how much longer they travel.")
    private long jitterNs;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            converter = BitsPerSecond.class,
            description = "Bits per second: 10mbit, 1gbit.")
    private long bitsPerSecond;

    Faults faults() {
        return Faults.builder()
                .loss(loss)
                .duplication(duplication)
                .reordering(reordering)
                .corruption(corruption)
                .delayNs(delayNs)
                .jitterNs(jitterNs)
                .bitsPerSecond(bitsPerSecond)
                .build();
    }

    /** {@code 1%} or {@code 0.01}. */
    static final class Probability implements ITypeConverter<Double> {

        private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(%?)");

        @Override
        public Double convert(String text) {
            Matcher matcher = FORM.matcher(text.strip());
            if (matcher.matches()) {
                double value =
                        Double.parseDouble(matcher.group(1)) / (matcher.group(2).isEmpty() ? 1 : 100);
                if (value <= 1) {
                    return value;
                }
            }
            throw new TypeConversionException("'" + text + "' is not a probability such as 1% or 0.01");
        }
    }

    /** {@code 20ms}. */
    static final class Nanoseconds implements ITypeConverter<Long> {

        private static final Map<String, Long> UNITS =
                Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);

        @Override
        public Long convert(String text) {
            return quantity(text, UNITS, "a time such as 20ms (ns, us, ms, s)");
        }
    }

    /** {@code 10mbit}. */
    static final class BitsPerSecond implements ITypeConverter<Long> {

        private static final Map<String, Long> UNITS =
                Map.of("bit", 1L, "kbit", 1_000L, "mbit", 1_000_000L, "gbit", 1_000_000_000L);

        @Override
        public Long convert(String text) {
            return quantity(text, UNITS, "a rate such as 10mbit (bit, kbit, mbit, gbit)");
        }
    }

    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)([a-z]+)");

    private static long quantity(String text, Map<String, Long> units, String expected) {
        Matcher matcher = QUANTITY.matcher(text.strip().toLowerCase(Locale.ROOT));
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new TypeConversionException("'" + text + "' is not " + expected);
        }
        return new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(unit))
                .longValue();
    }
}
