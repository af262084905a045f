package dev.heddle.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.Faults;
import dev.heddle.demo.http.Site;
import dev.heddle.demo.http.WebServer;
import dev.heddle.demo.status.StatusSite;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the demonstration shows of itself, fetched through itself. */
@Timeout(60)
class StatusTest {

    private static final String RECEIVED = "heddle_netstat_Tcp_InSegs_total{stack=\"server\"}";

    private MemoryNetwork network;
    private WebServer server;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        network = new MemoryNetwork(new LinkPlan(1500, false, Faults.NONE, null), 0);
        server = new WebServer(
                network.serverSocketFactory(),
                null,
                network.serverPort(),
                new StatusSite(Site.builtIn(), network.stacks()));
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close(Duration.ofSeconds(2));
        network.close();
    }

    private URI uri(String path) {
        return URI.create(network.urls().getFirst()).resolve(path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private Exposition scrape() throws Exception {
        HttpResponse<String> response = get("/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        return Exposition.parse(response.body());
    }

    @Test
    void prometheus_reads_counters_connections_round_trips_and_memory_of_both_stacks() throws Exception {
        Exposition metrics = scrape();
        assertThat(metrics.type("heddle_netstat_Tcp_InSegs_total")).isEqualTo("counter");
        assertThat(metrics.value(RECEIVED)).isPositive();
        assertThat(metrics.value("heddle_netstat_Tcp_PassiveOpens_total{stack=\"server\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("heddle_netstat_Tcp_ActiveOpens_total{stack=\"client\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("heddle_netstat_Tcp_RetransSegs_total{stack=\"server\"}"))
                .isNotNegative();
        assertThat(metrics.value("heddle_tcp_connections{stack=\"server\",state=\"ESTABLISHED\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("heddle_tcp_rtt_seconds{quantile=\"1\",stack=\"client\"}"))
                .isBetween(0.0, 5.0);
        assertThat(metrics.value("heddle_memory_used_bytes{stack=\"server\"}"))
                .isBetween(1.0, metrics.value("heddle_memory_limit_bytes{stack=\"server\"}"));
        assertThat(metrics.value("heddle_packets_refused_total{reason=\"TCP_CHECKSUM\",stack=\"server\"}"))
                .isZero();
        assertThat(metrics.value("heddle_tcp_listener_queue_limit{address=\"::\",port=\"80\",stack=\"server\"}"))
                .isPositive();
    }

    @Test
    void what_is_served_in_between_moves_the_counters() throws Exception {
        double before = scrape().value(RECEIVED);
        HttpRequest post = HttpRequest.newBuilder(uri("/echo"))
                .POST(BodyPublishers.ofByteArray(new byte[200_000]))
                .build();
        assertThat(client.send(post, BodyHandlers.ofByteArray()).body()).hasSize(200_000);
        assertThat(scrape().value(RECEIVED)).isGreaterThan(before + 130);
    }

    @Test
    void the_page_shows_the_same_counters_and_connections_to_people() throws Exception {
        HttpResponse<String> page = get("/status?again");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=UTF-8");
        assertThat(page.body())
                .contains("Stack \"server\"", "Stack \"client\"")
                .contains("<tr><td>ESTABLISHED<td>192.0.2.2:80<td>192.0.2.1:")
                .contains("<tr><td>LISTEN<td>[::]:80<td><td colspan=8>0 of 1024 wait")
                .contains("<tr><td>TcpPassiveOpens<td class=n>1")
                .contains("limit " + String.format(java.util.Locale.ROOT, "%,d", memoryLimit()));
    }

    private long memoryLimit() {
        return network.stacks().firstEntry().getValue().host().bufferPool().limitBytes();
    }

    @Test
    void everything_else_is_the_sites() throws Exception {
        assertThat(get("/").body()).contains("href=\"/status\"");
        assertThat(get("/metricsx").statusCode()).isEqualTo(404);
        HttpRequest post = HttpRequest.newBuilder(uri("/metrics"))
                .POST(BodyPublishers.ofString("mine"))
                .build();
        assertThat(client.send(post, BodyHandlers.ofString()).body()).isEqualTo("mine");
    }
}
