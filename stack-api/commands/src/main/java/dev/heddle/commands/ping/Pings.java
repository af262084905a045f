package dev.heddle.commands.ping;

import dev.heddle.core.host.EchoAnswer;
import dev.heddle.core.icmp.IcmpError;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** What was asked and answered, in the words of Linux's {@code ping}. Not thread-safe. */
final class Pings {

    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

    /** The length of the message in front of the data. */
    private static final int HEADER_BYTES = 8;

    private final String target;
    private int sent;
    private int received;
    private int duplicates;
    private int changed;
    private int errors;
    private double leastMs = Double.POSITIVE_INFINITY;
    private double mostMs;
    private double sumMs;
    private double squaresMs;

    /** Counts from the beginning. */
    Pings(String target) {
        this.target = target;
    }

    void sent() {
        sent++;
    }

    /** Counts an answer, and returns the line about it. */
    String answered(EchoAnswer answer) {
        String from = answer.from().toString();
        IcmpError.Kind error = answer.error();
        if (error != null) {
            errors++;
            return "From " + from + " icmp_seq=" + answer.sequence() + " " + text(error);
        }
        double ms = answer.roundTripNs() / NANOSECONDS_PER_MILLISECOND;
        if (answer.duplicate()) {
            duplicates++;
        } else {
            received++;
        }
        if (!answer.intact()) {
            changed++;
        }
        leastMs = Math.min(leastMs, ms);
        mostMs = Math.max(mostMs, ms);
        sumMs += ms;
        squaresMs += ms * ms;
        return answer.dataBytes()
                + HEADER_BYTES
                + " bytes from " + from + ": icmp_seq=" + answer.sequence() + " ttl=" + answer.hopLimit() + " time="
                + short4(ms) + " ms" + (answer.intact() ? "" : " (other data than was sent!)")
                + (answer.duplicate() ? " (DUP!)" : "");
    }

    /** Four digits or so. */
    private static String short4(double ms) {
        int decimals = ms >= 100 ? 0 : ms >= 10 ? 1 : ms >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", ms);
    }

    private static String text(IcmpError.Kind error) {
        return switch (error) {
            case NETWORK_UNREACHABLE -> "Destination Net Unreachable";
            case HOST_UNREACHABLE -> "Destination Host Unreachable";
            case PROTOCOL_UNREACHABLE -> "Destination Protocol Unreachable";
            case PORT_UNREACHABLE -> "Destination Port Unreachable";
            case PACKET_TOO_BIG -> "Packet too big";
            case SOURCE_ROUTE_FAILED -> "Source Route Failed";
            case ADMINISTRATIVELY_PROHIBITED -> "Packet filtered";
            case TIME_EXCEEDED -> "Time to live exceeded";
            case PARAMETER_PROBLEM -> "Parameter problem";
            case UNKNOWN -> "Destination Unreachable, bad code";
        };
    }

    /** Whether all that was sent is answered. */
    boolean isComplete() {
        return received + errors >= sent;
    }

    boolean anyReceived() {
        return received > 0;
    }

    /** The lines at the end. */
    String summary(long elapsedMs) {
        StringBuilder text = new StringBuilder("\n--- " + target + " ping statistics ---\n");
        text.append(sent).append(" packets transmitted, ").append(received).append(" received, ");
        if (duplicates > 0) {
            text.append('+').append(duplicates).append(" duplicates, ");
        }
        if (changed > 0) {
            text.append('+').append(changed).append(" corrupted, ");
        }
        if (errors > 0) {
            text.append('+').append(errors).append(" errors, ");
        }
        text.append(percent()).append("% packet loss, time ").append(elapsedMs).append("ms\n");
        int measured = received + duplicates;
        if (measured > 0) {
            double mean = sumMs / measured;
            double deviation = Math.sqrt(Math.max(0, squaresMs / measured - mean * mean));
            text.append(String.format(
                    Locale.ROOT, "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", leastMs, mean, mostMs, deviation));
        }
        return text.toString();
    }

    private String percent() {
        if (sent == 0) {
            return "0";
        }
        // As ping prints it: six digits, 33.3333, but 0 and 50.
        return BigDecimal.valueOf(100L * (sent - received))
                .divide(BigDecimal.valueOf(sent), new MathContext(6))
                .stripTrailingZeros()
                .toPlainString();
    }
}
