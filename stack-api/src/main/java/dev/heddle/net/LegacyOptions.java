package dev.heddle.net;

import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;

/** The numbered options of {@link SocketOptions}, by which {@link java.net.Socket}'s own setters and getters call. */
final class LegacyOptions {

    private LegacyOptions() {}

    /**
     * The option's modern name.
     *
     * @throws SocketException if there is none
     */
    static SocketOption<?> named(int option) throws SocketException {
        return switch (option) {
            case SocketOptions.SO_LINGER -> StandardSocketOptions.SO_LINGER;
            case SocketOptions.IP_TOS -> StandardSocketOptions.IP_TOS;
            case SocketOptions.TCP_NODELAY -> StandardSocketOptions.TCP_NODELAY;
            case SocketOptions.SO_SNDBUF -> StandardSocketOptions.SO_SNDBUF;
            case SocketOptions.SO_RCVBUF -> StandardSocketOptions.SO_RCVBUF;
            case SocketOptions.SO_KEEPALIVE -> StandardSocketOptions.SO_KEEPALIVE;
            case SocketOptions.SO_OOBINLINE -> SocketOptionTable.OOB_INLINE;
            case SocketOptions.SO_REUSEADDR -> StandardSocketOptions.SO_REUSEADDR;
            case SocketOptions.SO_REUSEPORT -> throw new SocketException("SO_REUSEPORT not supported");
            default -> throw new SocketException("Unknown option " + option);
        };
    }

    /** Turns a numbered option's value into the named option's: linger is false or a number there. */
    static Object value(int option, Object value) throws SocketException {
        SocketOption<?> named = named(option);
        boolean lingerDisabled = option == SocketOptions.SO_LINGER && Boolean.FALSE.equals(value);
        Object converted = lingerDisabled ? Integer.valueOf(-1) : value;
        if (!named.type().isInstance(converted)) {
            throw new SocketException("Bad value for " + named);
        }
        boolean bufferSize = option == SocketOptions.SO_SNDBUF || option == SocketOptions.SO_RCVBUF;
        if (bufferSize && (Integer) converted <= 0) {
            throw new SocketException(named + " <= 0");
        }
        try {
            SocketOptionTable.checkRange(named, converted);
        } catch (IllegalArgumentException e) {
            throw new SocketException(e.getMessage());
        }
        return converted;
    }

    /** The opposite of {@link #value}. */
    static Object legacyValue(int option, Object value) {
        boolean lingerDisabled = option == SocketOptions.SO_LINGER && value.equals(-1);
        return lingerDisabled ? (Object) false : value;
    }

    /** The value of SO_TIMEOUT. */
    static int timeoutMillis(Object value) throws SocketException {
        if (!(value instanceof Integer millis)) {
            throw new SocketException("Bad value for SO_TIMEOUT");
        }
        if (millis < 0) {
            throw new SocketException("timeout < 0");
        }
        return millis;
    }
}
