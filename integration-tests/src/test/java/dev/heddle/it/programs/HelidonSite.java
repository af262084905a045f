package dev.heddle.it.programs;

import dev.heddle.it.peer.GeneratedContent;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Helidon web server with pages that an HTTP client can be tried on; it tells how requests failed. */
public final class HelidonSite implements Tasks {

    private static final int FAILURE_SECONDS = 20;

    private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    private final WebServer server;

    private HelidonSite(int port, Duration readTimeout) {
        server = WebServer.builder()
                .port(port)
                .connectionOptions(options -> options.readTimeout(readTimeout))
                .routing(this::routes)
                .build()
                .start();
    }

    /** Arguments: the port, and the time-out of reads in milliseconds. */
    public static void main(String[] arguments) throws Exception {
        Dialogue.hold(new HelidonSite(Integer.parseInt(arguments[0]), Duration.ofMillis(Long.parseLong(arguments[1]))));
    }

    private void routes(HttpRouting.Builder routing) {
        routing.get("/content/{bytes}", (request, response) -> watch(() -> content(request, response)))
                .get("/endless", (request, response) -> watch(() -> send(response, Long.MAX_VALUE)))
                .post("/digest", (request, response) -> watch(() -> digest(request, response)));
    }

    /** What answers a request. */
    @FunctionalInterface
    private interface Answer {
        void send() throws IOException;
    }

    private void watch(Answer answer) throws IOException {
        try {
            answer.send();
        } catch (IOException | RuntimeException e) {
            failures.add(Dialogue.describe(e));
            throw e;
        }
    }

    private static void content(ServerRequest request, ServerResponse response) throws IOException {
        send(response, Long.parseLong(request.path().pathParameters().get("bytes")));
    }

    private static void send(ServerResponse response, long bytes) throws IOException {
        try (OutputStream out = response.outputStream()) {
            GeneratedContent.write(bytes, out);
        }
    }

    private static void digest(ServerRequest request, ServerResponse response) throws IOException {
        try (InputStream in = request.content().inputStream()) {
            response.send(GeneratedContent.sha256(in, Long.MAX_VALUE));
        }
    }

    @Override
    public String run(String task, List<String> arguments, Runnable midway) throws Exception {
        if (!task.equals("failure")) {
            throw new IllegalArgumentException(task);
        }
        String failure = failures.poll(FAILURE_SECONDS, TimeUnit.SECONDS);
        return failure == null ? "none" : failure;
    }

    @Override
    public void close() throws IOException {
        server.stop();
    }
}
