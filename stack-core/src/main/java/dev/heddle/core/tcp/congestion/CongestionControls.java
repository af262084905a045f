package dev.heddle.core.tcp.congestion;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The congestion control algorithms that a host knows by name. Any thread may register and create. */
public final class CongestionControls {

    /** Makes an algorithm's instance for one connection. */
    @FunctionalInterface
    public interface Factory {
        CongestionControl create(int initialWindowSegments, int mssBytes);
    }

    private final Map<String, Factory> factories = new ConcurrentHashMap<>(Map.of(NewReno.NAME, NewReno::new));

    public void register(String name, Factory factory) {
        factories.put(name, factory);
    }

    public Set<String> names() {
        return Set.copyOf(factories.keySet());
    }

    /**
     * Makes an instance of a named algorithm.
     *
     * @throws IllegalArgumentException if no algorithm has the name
     */
    public CongestionControl create(String name, int initialWindowSegments, int mssBytes) {
        Factory factory = factories.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "no congestion control named " + name + "; known: " + factories.keySet());
        }
        return factory.create(initialWindowSegments, mssBytes);
    }
}
