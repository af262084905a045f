package dev.heddle.demo.status;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.host.EndpointInfo;
import dev.heddle.core.host.ListenQueue;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.net.NetworkStack;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The connections, memory and counters of some stacks for people. Any thread. */
final class StatusPage {

    /** More rows than this help nobody. */
    private static final int MAX_ROWS = 500;

    private static final String HEAD =
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Heddle: status</title>"
                    + "<style>body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em}"
                    + "th,td{padding:0 1.5em 0 0;text-align:left}.n{text-align:right;font-variant-numeric:tabular-nums}"
                    + "td{border-top:1px solid #dde}table{border-collapse:collapse}</style>"
                    + "<p><a href=\"/status\">Look again</a>, or <a href=\"/metrics\">as Prometheus does</a>.\n";

    private final Map<String, NetworkStack> stacks;

    StatusPage(SequencedMap<String, NetworkStack> stacks) {
        this.stacks = stacks;
    }

    String html() {
        StringBuilder html = new StringBuilder(HEAD);
        stacks.forEach((name, stack) -> {
            html.append("<h1>Stack \"").append(name).append("\"</h1>\n");
            memory(html, stack.host().bufferPool());
            endpoints(html, stack.host().endpoints());
            counters(html, stack.counters().snapshot());
        });
        return html.toString();
    }

    private static void memory(StringBuilder html, BufferPool pool) {
        html.append(String.format(
                Locale.ROOT,
                "<p>Buffer memory: %,d bytes in use, %,d at most so far, limit %,d.%n",
                pool.usedBytes(),
                pool.peakBytes(),
                pool.limitBytes()));
    }

    private static void endpoints(StringBuilder html, List<EndpointInfo> endpoints) {
        html.append("<h2>").append(endpoints.size()).append(" endpoints</h2>\n<table>\n");
        html.append("<tr><th>state<th>local<th>remote<th class=n>RTT ms<th class=n>cwnd<th class=n>in flight"
                + "<th class=n>unsent<th class=n>unread<th class=n>retransmitted<th class=n>received<th>limited by\n");
        endpoints.stream()
                .sorted(Comparator.comparing(EndpointInfo::state, Comparator.comparingInt(StatusPage::rank)))
                .limit(MAX_ROWS)
                .forEach(endpoint -> row(html, endpoint));
        html.append("</table>\n");
        if (endpoints.size() > MAX_ROWS) {
            html.append("<p>… and ").append(endpoints.size() - MAX_ROWS).append(" more.\n");
        }
    }

    private static int rank(TcpState state) {
        return state == TcpState.LISTEN ? -1 : state.ordinal();
    }

    private static void row(StringBuilder html, EndpointInfo endpoint) {
        html.append("<tr><td>").append(endpoint.state());
        html.append("<td>").append(name(endpoint.localAddress(), endpoint.localPort()));
        html.append("<td>").append(name(endpoint.remoteAddress(), endpoint.remotePort()));
        TcpInfo info = endpoint.info();
        if (info != null) {
            number(html, String.format(Locale.ROOT, "%.3f", info.rttNs() / 1e6));
            number(html, info.congestionWindowBytes());
            number(html, info.unacknowledgedBytes());
            number(html, info.unsentBytes());
            number(html, info.unreadBytes());
            number(html, info.retransmittedBytes());
            number(html, info.receivedBytes());
            html.append("<td>").append(info.limit());
        }
        ListenQueue queue = endpoint.queue();
        if (queue != null) {
            html.append("<td colspan=8>")
                    .append(queue.acceptable())
                    .append(" of ")
                    .append(queue.limit())
                    .append(" wait to be accepted, ")
                    .append(queue.handshakes())
                    .append(" handshakes");
        }
        html.append('\n');
    }

    private static String name(@Nullable IpAddress address, int port) {
        if (address == null) {
            return "";
        }
        return (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + port;
    }

    private static void counters(StringBuilder html, Map<String, Long> counters) {
        html.append("<h2>Counters that are not zero</h2>\n<table>\n");
        counters.forEach((name, value) -> {
            if (value != 0) {
                html.append("<tr><td>").append(name);
                number(html, value);
                html.append('\n');
            }
        });
        html.append("</table>\n");
    }

    private static void number(StringBuilder html, long value) {
        number(html, String.format(Locale.ROOT, "%,d", value));
    }

    private static void number(StringBuilder html, String text) {
        html.append("<td class=n>").append(text);
    }
}
