package dev.heddle.net;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.host.HostCounters;
import dev.heddle.core.host.ListenQueue;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.Refusal;
import dev.heddle.net.EndpointSample.ListenerName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * A stack's counters, connections and memory as Micrometer's meters. They leave their registries when the stack closes, or
 * this does. Any thread. Only who uses this class needs Micrometer at run time.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><td>{@code heddle.netstat.GROUP_NAME}</td><td>every counter, such as {@code heddle.netstat.Tcp_RetransSegs} or
 *     {@code heddle.netstat.TcpExt_ListenDrops}: in Prometheus {@code heddle_netstat_Tcp_RetransSegs_total}, what the node
 *     exporter calls {@code node_netstat_Tcp_RetransSegs}; {@code Tcp_CurrEstab} is a gauge</td></tr>
 * <tr><td>{@code heddle.packets.refused}{reason}</td><td>malformed packets by what was wrong</td></tr>
 * <tr><td>{@code heddle.tcp.connections}{state}</td><td>connections, handshakes and TIME-WAIT records, in RFC 9293's
 *     states</td></tr>
 * <tr><td>{@code heddle.tcp.rtt}{quantile}</td><td>smoothed round-trip times over the connections of the moment</td></tr>
 * <tr><td>{@code heddle.tcp.listener.queue}, {@code .queue.limit}, {@code .handshakes}{address, port}</td><td>what waits at
 *     each listener; one that is new is seen when connections are looked at the next time</td></tr>
 * <tr><td>{@code heddle.memory.used}, {@code .peak}, {@code .limit}</td><td>buffer memory in bytes</td></tr>
 * </table>
 *
 * <p>Connections are looked at when a registry asks, at most four times a second.
 */
public final class StackMetrics implements MeterBinder, AutoCloseable {

    /** A registry asks for each meter by itself; all of one scrape come from one walk over the connections. */
    private static final long SAMPLE_AGE_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final double[] QUANTILES = {0, 0.5, 0.9, 0.99, 1};

    /** What was registered in one registry. */
    private static final class Bound {
        final List<Meter> meters = new ArrayList<>();
        final Map<ListenerName, List<Meter>> listeners = new HashMap<>();
    }

    private final NetworkStack stack;
    private final Tags tags;
    private final Runnable atClose = this::close;

    /** Excludes walks; taken before {@link #registration}. */
    private final ReentrantLock sampling = new ReentrantLock();

    private volatile EndpointSample sample = EndpointSample.EMPTY;

    /** When the sample was taken; written under {@link #sampling}. */
    private volatile long sampledNs = System.nanoTime() - SAMPLE_AGE_NS;

    /** Guards what follows. */
    private final ReentrantLock registration = new ReentrantLock();

    private final IdentityHashMap<MeterRegistry, Bound> registries = new IdentityHashMap<>();
    private boolean closed;

    /** Meters without tags of their own: for a registry with one stack. */
    public StackMetrics(NetworkStack stack) {
        this(stack, Tags.empty());
    }

    /**
     * Meters with tags.
     *
     * @param tags what tells this stack from others in one registry, for example {@code stack=outside}
     */
    public StackMetrics(NetworkStack stack, Iterable<Tag> tags) {
        this.stack = stack;
        this.tags = Tags.of(tags);
        stack.afterClose(atClose);
    }

    /**
     * Registers the meters; does nothing if they are there, or the stack has closed.
     *
     * @throws IllegalArgumentException if another stack has meters with the same tags in the registry
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        registration.lock();
        try {
            if (closed || registries.containsKey(registry)) {
                return;
            }
            Bound bound = new Bound();
            List<Meter> before = registry.getMeters();
            bindMemory(registry, bound.meters);
            if (before.contains(bound.meters.getFirst())) {
                throw new IllegalArgumentException("another stack has meters with these tags: " + tags);
            }
            registries.put(registry, bound);
            bindCounters(registry, bound.meters);
            bindConnections(registry, bound.meters);
        } finally {
            registration.unlock();
        }
        refresh();
    }

    private void bindCounters(MeterRegistry registry, List<Meter> meters) {
        HostCounters counters = stack.counters();
        bindCounters(registry, counters.ip(), meters);
        bindCounters(registry, counters.icmp(), meters);
        bindCounters(registry, counters.tcp(), meters);
        bindCounters(registry, counters.udp(), meters);
        for (Refusal reason : counters.refusals().snapshot().keySet()) {
            if (reason != Refusal.NONE) {
                meters.add(
                        FunctionCounter.builder("heddle.packets.refused", counters.refusals(), set -> set.get(reason))
                                .description("Malformed packets by what was wrong with them")
                                .tags(tags)
                                .tag("reason", reason.name())
                                .register(registry));
            }
        }
    }

    private <E extends Enum<E>> void bindCounters(MeterRegistry registry, CounterSet<E> counters, List<Meter> meters) {
        for (E event : counters.snapshot().keySet()) {
            meters.add(FunctionCounter.builder(MibName.of(event.name()).meterName(), counters, set -> set.get(event))
                    .description(event.name() + " as nstat counts it")
                    .tags(tags)
                    .register(registry));
        }
    }

    private void bindConnections(MeterRegistry registry, List<Meter> meters) {
        for (TcpState state : TcpState.values()) {
            if (state != TcpState.LISTEN) {
                meters.add(gauge(
                                "heddle.tcp.connections",
                                metrics -> metrics.sample().in(state))
                        .description("Connections by state")
                        .tags("state", state.name())
                        .register(registry));
            }
        }
        meters.add(gauge(
                        MibName.of("TcpCurrEstab").meterName(),
                        metrics -> metrics.sample().established())
                .description("TcpCurrEstab as nstat counts it")
                .register(registry));
        for (double quantile : QUANTILES) {
            meters.add(TimeGauge.builder(
                            "heddle.tcp.rtt",
                            this,
                            TimeUnit.NANOSECONDS,
                            metrics -> metrics.sample().rttNs(quantile))
                    .description("Smoothed round-trip times over the connections")
                    .tags(tags)
                    .tag("quantile", quantile == (int) quantile ? Integer.toString((int) quantile) : "" + quantile)
                    .register(registry));
        }
    }

    private void bindMemory(MeterRegistry registry, List<Meter> meters) {
        meters.add(memory("used", "Buffer memory in use", BufferPool::usedBytes).register(registry));
        meters.add(memory("peak", "The most buffer memory that was ever in use", BufferPool::peakBytes)
                .register(registry));
        meters.add(memory("limit", "The buffer memory that is never passed", BufferPool::limitBytes)
                .register(registry));
    }

    private Gauge.Builder<StackMetrics> memory(String name, String description, ToDoubleFunction<BufferPool> value) {
        return gauge(
                        "heddle.memory." + name,
                        metrics -> value.applyAsDouble(metrics.stack.host().bufferPool()))
                .description(description)
                .baseUnit(BaseUnits.BYTES);
    }

    /** The registry keeps this alive, whoever forgets it: until the stack closes there is something to see. */
    private Gauge.Builder<StackMetrics> gauge(String name, ToDoubleFunction<StackMetrics> value) {
        return Gauge.builder(name, this, value).strongReference(true).tags(tags);
    }

    /** Looks at connections and listeners now; without this it happens when a registry asks. */
    public void refresh() {
        sampling.lock();
        try {
            takeSample();
        } finally {
            sampling.unlock();
        }
    }

    private EndpointSample sample() {
        // Who finds another thread at it takes what was there before: nobody waits inside a registry.
        if (System.nanoTime() - sampledNs >= SAMPLE_AGE_NS && sampling.tryLock()) {
            try {
                if (System.nanoTime() - sampledNs >= SAMPLE_AGE_NS) {
                    takeSample();
                }
            } finally {
                sampling.unlock();
            }
        }
        return sample;
    }

    private void takeSample() {
        EndpointSample taken = EndpointSample.of(stack.host());
        sample = taken;
        sampledNs = System.nanoTime();
        registration.lock();
        try {
            registries.forEach(
                    (registry, bound) -> follow(registry, bound, taken.queues().keySet()));
        } finally {
            registration.unlock();
        }
    }

    /** Adds the meters of listeners that have come and removes those of listeners that have gone. */
    private void follow(MeterRegistry registry, Bound bound, Set<ListenerName> listening) {
        Set<ListenerName> gone = new HashSet<>(bound.listeners.keySet());
        gone.removeAll(listening);
        for (ListenerName listener : gone) {
            bound.listeners.remove(listener).forEach(registry::remove);
        }
        for (ListenerName listener : listening) {
            if (!bound.listeners.containsKey(listener)) {
                bound.listeners.put(listener, bindListener(registry, listener));
            }
        }
    }

    private List<Meter> bindListener(MeterRegistry registry, ListenerName listener) {
        return List.of(
                queue("heddle.tcp.listener.queue", listener, ListenQueue::acceptable)
                        .description("Connections that wait to be accepted")
                        .register(registry),
                queue("heddle.tcp.listener.queue.limit", listener, ListenQueue::limit)
                        .description("How many connections may wait to be accepted")
                        .register(registry),
                queue("heddle.tcp.listener.handshakes", listener, ListenQueue::handshakes)
                        .description("Handshakes that are not complete")
                        .register(registry));
    }

    private Gauge.Builder<StackMetrics> queue(String name, ListenerName listener, ToIntFunction<ListenQueue> value) {
        return gauge(name, metrics -> {
                    ListenQueue queue = metrics.sample().queue(listener);
                    return queue == null ? Double.NaN : value.applyAsInt(queue);
                })
                .tags("address", listener.address(), "port", Integer.toString(listener.port()));
    }

    /** Removes the meters from every registry; the stack goes on. Idempotent. */
    @Override
    public void close() {
        registration.lock();
        try {
            closed = true;
            registries.forEach((registry, bound) -> {
                bound.meters.forEach(registry::remove);
                bound.listeners.values().forEach(meters -> meters.forEach(registry::remove));
            });
            registries.clear();
        } finally {
            registration.unlock();
        }
        stack.notAfterClose(atClose);
    }
}
