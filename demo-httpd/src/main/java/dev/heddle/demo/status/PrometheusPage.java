package dev.heddle.demo.status;

import dev.heddle.net.NetworkStack;
import dev.heddle.net.StackMetrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.jspecify.annotations.Nullable;

/** The metrics of some stacks in Prometheus' text format. Any thread. */
final class PrometheusPage {

    static final ContentType TYPE = ContentType.create(
            "text/plain",
            new BasicNameValuePair("version", "0.0.4"),
            new BasicNameValuePair("charset", StandardCharsets.UTF_8.name()));

    private final Map<String, NetworkStack> stacks;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final List<StackMetrics> metrics = new ArrayList<>();

    /** Made when it is asked for the first time, because a start should be quick; guarded by the lock. */
    private @Nullable PrometheusMeterRegistry registry;

    PrometheusPage(SequencedMap<String, NetworkStack> stacks) {
        this.stacks = stacks;
    }

    String scrape() {
        lock.lock();
        try {
            PrometheusMeterRegistry ready = registry;
            if (ready == null) {
                ready = bind();
                registry = ready;
            }
            metrics.forEach(StackMetrics::refresh);
            return ready.scrape();
        } finally {
            lock.unlock();
        }
    }

    private PrometheusMeterRegistry bind() {
        PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        stacks.forEach((name, stack) -> {
            StackMetrics bound = new StackMetrics(stack, Tags.of("stack", name));
            bound.bindTo(made);
            metrics.add(bound);
        });
        return made;
    }
}
