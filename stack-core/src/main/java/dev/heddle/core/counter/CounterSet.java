package dev.heddle.core.counter;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One counter for each constant of an enum. Any thread may increment and read at any time.
 *
 * @param <E> the events; their names are those that operators know from {@code netstat -s} and {@code nstat}
 */
public final class CounterSet<E extends Enum<E>> {

    private final Class<E> type;
    private final LongAdder[] adders;
    private final @Nullable Consumer<? super E> watcher;

    public CounterSet(Class<E> type) {
        this.type = type;
        adders = new LongAdder[type.getEnumConstants().length];
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
        watcher = null;
    }

    private CounterSet(CounterSet<E> counters, Consumer<? super E> watcher) {
        type = counters.type;
        adders = counters.adders;
        this.watcher = watcher;
    }

    /** A view of these counters that tells what is counted through it, on the thread that counts. */
    public CounterSet<E> watched(Consumer<? super E> by) {
        return new CounterSet<>(this, by);
    }

    public void increment(E event) {
        adders[event.ordinal()].increment();
        if (watcher != null) {
            watcher.accept(event);
        }
    }

    public void add(E event, long amount) {
        adders[event.ordinal()].add(amount);
        if (watcher != null) {
            watcher.accept(event);
        }
    }

    public long get(E event) {
        return adders[event.ordinal()].sum();
    }

    /** All values at about the same time, in the order of the enum. */
    public Map<E, Long> snapshot() {
        Map<E, Long> values = new EnumMap<>(type);
        for (E event : type.getEnumConstants()) {
            values.put(event, get(event));
        }
        return values;
    }
}
