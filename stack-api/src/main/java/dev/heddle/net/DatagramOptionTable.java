package dev.heddle.net;

import dev.heddle.core.host.DatagramOptions;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Which {@link SocketOption}s a datagram socket has, and what they mean in the engine's {@link DatagramOptions}. */
final class DatagramOptionTable {

    /** Linux's least sizes. */
    private static final int LEAST_RECEIVE_BYTES = 1_152;

    private static final int LEAST_SEND_BYTES = 2_304;

    private record Meaning(
            Function<DatagramOptions, Object> getter, BiFunction<DatagramOptions, Object, DatagramOptions> setter) {}

    private static final Map<SocketOption<?>, Meaning> MEANINGS = Map.of(
            StandardSocketOptions.SO_RCVBUF,
            new Meaning(
                    DatagramOptions::receiveBufferBytes,
                    (options, bytes) ->
                            options.withReceiveBufferBytes(Math.max(LEAST_RECEIVE_BYTES, bufferBytes(bytes)))),
            StandardSocketOptions.SO_SNDBUF,
            new Meaning(
                    DatagramOptions::sendBufferBytes,
                    (options, bytes) -> options.withSendBufferBytes(Math.max(LEAST_SEND_BYTES, bufferBytes(bytes)))),
            StandardSocketOptions.SO_BROADCAST,
            new Meaning(DatagramOptions::broadcast, (options, allowed) -> options.withBroadcast((Boolean) allowed)),
            StandardSocketOptions.IP_TOS,
            new Meaning(
                    DatagramOptions::trafficClass, (options, octet) -> options.withTrafficClass(trafficClass(octet))));

    /** SO_REUSEADDR takes effect at bind and is the socket's own. */
    private static final Set<SocketOption<?>> SUPPORTED = Set.of(
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_BROADCAST,
            StandardSocketOptions.IP_TOS);

    private DatagramOptionTable() {}

    static Set<SocketOption<?>> supported() {
        return SUPPORTED;
    }

    /** Refuses options that the socket does not have. */
    static void check(SocketOption<?> option) {
        if (!SUPPORTED.contains(Objects.requireNonNull(option))) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    /** Refuses options that the socket does not have and values of another type. */
    static void check(SocketOption<?> option, Object value) {
        check(option);
        if (!option.type().isInstance(value)) {
            throw new IllegalArgumentException("Invalid value '" + value + "'");
        }
    }

    private static int bufferBytes(Object value) {
        int bytes = (Integer) value;
        if (bytes < 0) {
            throw new IllegalArgumentException("Invalid send/receive buffer size");
        }
        return bytes;
    }

    private static int trafficClass(Object value) {
        int octet = (Integer) value;
        if (octet < 0 || octet > 255) {
            throw new IllegalArgumentException("Invalid IP_TOS value");
        }
        return octet;
    }

    /** The option's value; not of SO_REUSEADDR. */
    static Object get(DatagramOptions options, SocketOption<?> option) {
        return meaning(option).getter.apply(options);
    }

    /**
     * The options with one of them changed; not SO_REUSEADDR.
     *
     * @throws IllegalArgumentException if the value is out of range
     */
    static DatagramOptions with(DatagramOptions options, SocketOption<?> option, Object value) {
        return meaning(option).setter.apply(options, value);
    }

    private static Meaning meaning(SocketOption<?> option) {
        return Objects.requireNonNull(MEANINGS.get(option));
    }
}
