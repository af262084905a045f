package dev.heddle.demo.status;

import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SequencedMap;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Another site with {@code /metrics} and {@code /status} in front of it. */
public final class StatusSite implements HttpServerRequestHandler {

    private static final ContentType HTML = ContentType.create("text/html", StandardCharsets.UTF_8);

    private final HttpServerRequestHandler site;
    private final PrometheusPage prometheus;
    private final StatusPage status;

    /**
     * @param site answers whatever else is asked
     * @param stacks what is shown, by name
     */
    public StatusSite(HttpServerRequestHandler site, SequencedMap<String, NetworkStack> stacks) {
        this.site = site;
        prometheus = new PrometheusPage(stacks);
        status = new StatusPage(stacks);
    }

    @Override
    public void handle(ClassicHttpRequest request, ResponseTrigger trigger, HttpContext context)
            throws HttpException, IOException {
        boolean read = Method.GET.isSame(request.getMethod()) || Method.HEAD.isSame(request.getMethod());
        switch (read ? path(request) : "") {
            case "/metrics" -> trigger.submitResponse(answer(prometheus.scrape(), PrometheusPage.TYPE));
            case "/status" -> trigger.submitResponse(answer(status.html(), HTML));
            default -> site.handle(request, trigger, context);
        }
    }

    private static String path(ClassicHttpRequest request) {
        String path = request.getPath();
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    private static ClassicHttpResponse answer(String text, ContentType type) {
        ClassicHttpResponse response = new BasicClassicHttpResponse(HttpStatus.SC_OK);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setEntity(new StringEntity(text, type));
        return response;
    }
}
