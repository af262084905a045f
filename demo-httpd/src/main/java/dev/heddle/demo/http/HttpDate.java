package dev.heddle.demo.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Dates in HTTP headers (RFC 9110 5.6.7). */
final class HttpDate {

    private static final DateTimeFormatter IMF_FIXDATE = pattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'");

    /** Recipients accept the two obsolete forms too; a year of two digits is 1970 to 2069. */
    private static final List<DateTimeFormatter> ACCEPTED = List.of(
            IMF_FIXDATE,
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
                    .appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.US),
            pattern("EEE MMM ppd HH:mm:ss yyyy"));

    private HttpDate() {}

    private static DateTimeFormatter pattern(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.US);
    }

    static String format(Instant instant) {
        return IMF_FIXDATE.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** Empty for what is not a date: a field with an invalid date is ignored (RFC 9110 13.1.3). */
    static Optional<Instant> parse(String text) {
        for (DateTimeFormatter format : ACCEPTED) {
            try {
                return Optional.of(LocalDateTime.parse(text.strip(), format).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException e) {
                // the next form, or none
            }
        }
        return Optional.empty();
    }

    /** As a header can say it. */
    static Instant wholeSeconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
