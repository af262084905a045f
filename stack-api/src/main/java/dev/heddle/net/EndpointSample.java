package dev.heddle.net;

import dev.heddle.core.host.EndpointInfo;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.ListenQueue;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one walk over a host's endpoints has found; immutable. */
final class EndpointSample {

    /** A listener's local end. */
    record ListenerName(String address, int port) {}

    static final EndpointSample EMPTY = new EndpointSample();

    private final Map<TcpState, Integer> endpoints = new EnumMap<>(TcpState.class);
    private final Map<ListenerName, ListenQueue> queues = new LinkedHashMap<>();

    /** SRTT of the connections that have measured one, ascending. */
    private final long[] rttNs;

    private EndpointSample() {
        rttNs = new long[0];
    }

    private EndpointSample(Iterable<EndpointInfo> all, int atMost) {
        long[] measured = new long[atMost];
        int count = 0;
        for (EndpointInfo endpoint : all) {
            endpoints.merge(endpoint.state(), 1, Integer::sum);
            ListenQueue queue = endpoint.queue();
            if (queue != null) {
                queues.put(new ListenerName(endpoint.localAddress().toString(), endpoint.localPort()), queue);
            }
            TcpInfo info = endpoint.info();
            if (info != null && info.rttNs() > 0) {
                measured[count++] = info.rttNs();
            }
        }
        rttNs = Arrays.copyOf(measured, count);
        Arrays.sort(rttNs);
    }

    static EndpointSample of(Host host) {
        var all = host.endpoints();
        return new EndpointSample(all, all.size());
    }

    int in(TcpState state) {
        return endpoints.getOrDefault(state, 0);
    }

    /** As {@code TcpCurrEstab} of RFC 4022 counts: ESTABLISHED and CLOSE-WAIT. */
    int established() {
        return in(TcpState.ESTABLISHED) + in(TcpState.CLOSE_WAIT);
    }

    /** The round-trip time that the given part of the connections does not exceed; NaN if none has measured one. */
    double rttNs(double quantile) {
        return rttNs.length == 0 ? Double.NaN : rttNs[(int) Math.ceil(quantile * (rttNs.length - 1))];
    }

    Map<ListenerName, ListenQueue> queues() {
        return queues;
    }

    /** The queue of a listener; null if it is gone. */
    @Nullable ListenQueue queue(ListenerName listener) {
        return queues.get(listener);
    }
}
