package dev.heddle.net;

import dev.heddle.core.tcp.ConnectionOptions;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;

/** Which {@link SocketOption}s a socket has, and what they mean in the engine's {@link ConnectionOptions}. */
final class SocketOptionTable {

    /** Urgent data stays in the stream as a whole; {@code java.net} has no constant for it. */
    static final SocketOption<Boolean> OOB_INLINE = new NamedOption<>("SO_OOBINLINE", Boolean.class);

    private static final int MAX_LINGER_SECONDS = 65_535;

    /** Linux's bounds. */
    private static final int MAX_KEEPALIVE_SECONDS = 32_767;

    private static final int MAX_KEEPALIVE_PROBES = 127;

    private static final int LEAST_SEND_BUFFER_BYTES = 2_304;
    private static final int LEAST_RECEIVE_BUFFER_BYTES = 1_152;

    /** The bits of the traffic class that belong to ECN (RFC 3168 5), and so to TCP. */
    private static final int ECN_BITS = 3;

    private static final Map<SocketOption<?>, Meaning<?>> MEANINGS = Map.ofEntries(
            entry(StandardSocketOptions.TCP_NODELAY, ConnectionOptions::noDelay, ConnectionOptions.Builder::noDelay),
            entry(
                    StandardSocketOptions.SO_KEEPALIVE,
                    ConnectionOptions::keepAlive,
                    ConnectionOptions.Builder::keepAlive),
            entry(OOB_INLINE, ConnectionOptions::oobInline, ConnectionOptions.Builder::oobInline),
            entry(
                    StandardSocketOptions.SO_LINGER,
                    ConnectionOptions::lingerSeconds,
                    (builder, seconds) -> builder.lingerSeconds(Math.clamp(seconds, -1, MAX_LINGER_SECONDS))),
            entry(
                    StandardSocketOptions.SO_SNDBUF,
                    SocketOptionTable::checkBufferBytes,
                    ConnectionOptions::sendBufferBytes,
                    (builder, bytes) -> builder.sendBufferBytes(Math.max(LEAST_SEND_BUFFER_BYTES, bytes))),
            entry(
                    StandardSocketOptions.SO_RCVBUF,
                    SocketOptionTable::checkBufferBytes,
                    ConnectionOptions::receiveBufferBytes,
                    (builder, bytes) -> builder.receiveBufferBytes(Math.max(LEAST_RECEIVE_BUFFER_BYTES, bytes))),
            entry(
                    StandardSocketOptions.IP_TOS,
                    SocketOptionTable::checkTrafficClass,
                    ConnectionOptions::trafficClass,
                    (builder, octet) -> builder.trafficClass(octet & ~ECN_BITS)),
            entry(
                    ExtendedSocketOptions.TCP_KEEPIDLE,
                    SocketOptionTable::checkKeepAliveSeconds,
                    options -> (int) TimeUnit.NANOSECONDS.toSeconds(options.keepIdleNs()),
                    (builder, seconds) -> builder.keepIdleNs(TimeUnit.SECONDS.toNanos(seconds))),
            entry(
                    ExtendedSocketOptions.TCP_KEEPINTERVAL,
                    SocketOptionTable::checkKeepAliveSeconds,
                    options -> (int) TimeUnit.NANOSECONDS.toSeconds(options.keepIntervalNs()),
                    (builder, seconds) -> builder.keepIntervalNs(TimeUnit.SECONDS.toNanos(seconds))),
            entry(
                    ExtendedSocketOptions.TCP_KEEPCOUNT,
                    SocketOptionTable::checkKeepAliveProbes,
                    ConnectionOptions::keepCount,
                    ConnectionOptions.Builder::keepCount),
            entry(
                    HeddleSocketOptions.TCP_CONGESTION,
                    ConnectionOptions::congestionControl,
                    ConnectionOptions.Builder::congestionControl),
            entry(
                    HeddleSocketOptions.SO_MAX_PACING_RATE,
                    ConnectionOptions::maxPacingRateBytesPerSecond,
                    ConnectionOptions.Builder::maxPacingRateBytesPerSecond),
            entry(
                    HeddleSocketOptions.TCP_USER_TIMEOUT,
                    SocketOptionTable::checkNotNegative,
                    options -> (int) TimeUnit.NANOSECONDS.toMillis(options.userTimeoutNs()),
                    (builder, milliseconds) -> builder.userTimeoutNs(TimeUnit.MILLISECONDS.toNanos(milliseconds))),
            entry(
                    HeddleSocketOptions.TCP_LINGER2,
                    options ->
                            options.finWait2Ns() < 0 ? -1 : (int) TimeUnit.NANOSECONDS.toSeconds(options.finWait2Ns()),
                    (builder, seconds) -> builder.finWait2Ns(seconds < 0 ? -1 : TimeUnit.SECONDS.toNanos(seconds))),
            entry(
                    ExtendedSocketOptions.TCP_QUICKACK,
                    ConnectionOptions::quickAck,
                    ConnectionOptions.Builder::quickAck));

    private static final Set<SocketOption<?>> CLIENT_OPTIONS = Set.of(
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_LINGER,
            StandardSocketOptions.IP_TOS,
            StandardSocketOptions.TCP_NODELAY,
            ExtendedSocketOptions.TCP_KEEPIDLE,
            ExtendedSocketOptions.TCP_KEEPINTERVAL,
            ExtendedSocketOptions.TCP_KEEPCOUNT,
            ExtendedSocketOptions.TCP_QUICKACK,
            HeddleSocketOptions.TCP_CONGESTION,
            HeddleSocketOptions.SO_MAX_PACING_RATE,
            HeddleSocketOptions.TCP_USER_TIMEOUT,
            HeddleSocketOptions.TCP_LINGER2,
            HeddleSocketOptions.TCP_INFO);

    private static final Set<SocketOption<?>> SERVER_OPTIONS = Set.of(
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.IP_TOS,
            ExtendedSocketOptions.TCP_KEEPIDLE,
            ExtendedSocketOptions.TCP_KEEPINTERVAL,
            ExtendedSocketOptions.TCP_KEEPCOUNT,
            ExtendedSocketOptions.TCP_QUICKACK,
            HeddleSocketOptions.TCP_CONGESTION,
            HeddleSocketOptions.SO_MAX_PACING_RATE,
            HeddleSocketOptions.TCP_USER_TIMEOUT,
            HeddleSocketOptions.TCP_LINGER2);

    private SocketOptionTable() {}

    static Set<SocketOption<?>> supported(boolean server) {
        return server ? SERVER_OPTIONS : CLIENT_OPTIONS;
    }

    /** Refuses options that the socket does not have. */
    static void check(SocketOption<?> option, boolean server) {
        if (!supported(server).contains(Objects.requireNonNull(option))) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    /**
     * Refuses options that the socket does not have and values that the option does not take.
     *
     * @throws SocketException for values that only the kernel refuses behind the JDK's sockets
     */
    static void check(SocketOption<?> option, Object value, boolean server) throws SocketException {
        check(option, server);
        if (option == HeddleSocketOptions.TCP_INFO) {
            throw new UnsupportedOperationException("'" + option + "' is for reading only");
        }
        if (!option.type().isInstance(value)) {
            throw new IllegalArgumentException("Invalid value '" + value + "'");
        }
        checkRange(option, value);
    }

    /** Refuses values out of range; the value's type is the option's. */
    static void checkRange(SocketOption<?> option, Object value) throws SocketException {
        Meaning<?> meaning = MEANINGS.get(option);
        if (meaning != null) {
            meaning.check(value);
        }
    }

    private static void checkBufferBytes(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("Invalid send/receive buffer size");
        }
    }

    private static void checkNotNegative(int value) throws SocketException {
        if (value < 0) {
            throw new SocketException("Invalid argument");
        }
    }

    private static void checkTrafficClass(int octet) {
        if (octet < 0 || octet > 255) {
            throw new IllegalArgumentException("Invalid IP_TOS value");
        }
    }

    private static void checkKeepAliveSeconds(int seconds) throws SocketException {
        if (seconds < 1 || seconds > MAX_KEEPALIVE_SECONDS) {
            throw new SocketException("Invalid argument");
        }
    }

    private static void checkKeepAliveProbes(int probes) throws SocketException {
        if (probes < 1 || probes > MAX_KEEPALIVE_PROBES) {
            throw new SocketException("Invalid argument");
        }
    }

    /** The option's value. */
    static Object get(ConnectionOptions options, SocketOption<?> option) {
        return meaning(option).get(options);
    }

    /** The options with one of them changed to a value that was checked. */
    static ConnectionOptions with(ConnectionOptions options, SocketOption<?> option, Object value) {
        return meaning(option).set(options, value);
    }

    private static Meaning<?> meaning(SocketOption<?> option) {
        Meaning<?> meaning = MEANINGS.get(option);
        if (meaning == null) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
        return meaning;
    }

    private static <T> Map.Entry<SocketOption<?>, Meaning<?>> entry(
            SocketOption<T> option,
            Function<ConnectionOptions, T> getter,
            BiFunction<ConnectionOptions.Builder, T, ConnectionOptions.Builder> setter) {
        return entry(option, value -> {}, getter, setter);
    }

    private static <T> Map.Entry<SocketOption<?>, Meaning<?>> entry(
            SocketOption<T> option,
            RangeCheck<T> range,
            Function<ConnectionOptions, T> getter,
            BiFunction<ConnectionOptions.Builder, T, ConnectionOptions.Builder> setter) {
        return Map.entry(option, new Meaning<>(option.type(), range, getter, setter));
    }

    private interface RangeCheck<T> {
        void check(T value) throws SocketException;
    }

    private record Meaning<T>(
            Class<T> type,
            RangeCheck<T> range,
            Function<ConnectionOptions, T> getter,
            BiFunction<ConnectionOptions.Builder, T, ConnectionOptions.Builder> setter) {

        void check(Object value) throws SocketException {
            range.check(type.cast(value));
        }

        T get(ConnectionOptions options) {
            return getter.apply(options);
        }

        ConnectionOptions set(ConnectionOptions options, Object value) {
            return setter.apply(options.with(), type.cast(value)).build();
        }
    }

    record NamedOption<T>(String name, Class<T> type) implements SocketOption<T> {
        @Override
        public String toString() {
            return name;
        }
    }
}
