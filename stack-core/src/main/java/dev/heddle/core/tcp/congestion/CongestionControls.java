package dev.heddle.core.tcp.congestion;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The congestion control algorithms that a host knows by name (RFC 9293 MAY-18): Heddle's own, and those that were registered with it. Any
 * thread may register and create.
 */
public final class CongestionControls {

    /** Makes an algorithm's instance for one connection. */
    @FunctionalInterface
    public interface Factory {
        CongestionControl create(Start start);
    }

    /**
     * What an algorithm starts with.
     *
     * @param mssBytes the send MSS
     * @param initialWindowSegments the initial window (RFC 6928), which is also the restart window
     * @param windowBytes the congestion window to begin with: the initial window, or that of the algorithm before
     * @param slowStartThresholdBytes ssthresh to begin with, {@link Long#MAX_VALUE} if nothing is known
     * @param seed a number that differs from connection to connection, for what must be random
     */
    public record Start(
            int mssBytes, int initialWindowSegments, long windowBytes, long slowStartThresholdBytes, long seed) {

        /** The start of a new connection. */
        public static Start of(int initialWindowSegments, int mssBytes, long seed) {
            return new Start(
                    mssBytes, initialWindowSegments, (long) initialWindowSegments * mssBytes, Long.MAX_VALUE, seed);
        }
    }

    private final Map<String, Factory> factories;

    /** Heddle's own algorithms. */
    public CongestionControls() {
        this(Map.of(NewReno.NAME, NewReno::new, Cubic.NAME, Cubic::new));
    }

    private CongestionControls(Map<String, Factory> factories) {
        this.factories = new ConcurrentHashMap<>(factories);
    }

    /** The same algorithms; what is registered with one is not known to the other. */
    public CongestionControls copy() {
        return new CongestionControls(factories);
    }

    /** Adds an algorithm, or replaces the one of that name for connections to come. */
    public void register(String name, Factory factory) {
        factories.put(name, Objects.requireNonNull(factory));
    }

    public Set<String> names() {
        return Set.copyOf(factories.keySet());
    }

    /**
     * Refuses a name that nothing is registered under.
     *
     * @throws IllegalArgumentException if no algorithm has the name
     */
    public void check(String name) {
        factory(name);
    }

    /**
     * Makes an instance of a named algorithm.
     *
     * @throws IllegalArgumentException if no algorithm has the name
     */
    public CongestionControl create(String name, Start start) {
        return factory(name).create(start);
    }

    private Factory factory(String name) {
        Factory factory = factories.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "no congestion control named " + name + "; known: " + new TreeSet<>(factories.keySet()));
        }
        return factory;
    }
}
