package dev.heddle.it.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The JDK's web server on the kernel's TCP. Arguments: the port for {@code http}, that for {@code https}, and a key store with its
 * password for the latter.
 */
public final class HttpPeer {

    private HttpPeer() {}

    /** Says that it is ready, and serves until it is ended. */
    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        start(HttpServer.create(new InetSocketAddress(Integer.parseInt(arguments[0])), 0));
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(Integer.parseInt(arguments[1])), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls(Path.of(arguments[2]), arguments[3].toCharArray())));
        start(secure);
        System.out.println("ready");
    }

    private static void start(HttpServer server) {
        server.createContext("/content", page(HttpPeer::content));
        server.createContext("/digest", page(HttpPeer::digest));
        server.createContext("/stall", page(HttpPeer::stall));
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    private static HttpHandler page(HttpHandler handler) {
        return exchange -> {
            try (exchange) {
                handler.handle(exchange);
            }
        };
    }

    private static void content(HttpExchange exchange) throws IOException {
        long bytes = bytes(exchange);
        // Of an unknown length if odd: in chunks.
        exchange.sendResponseHeaders(200, bytes == 0 ? -1 : bytes % 2 == 0 ? bytes : 0);
        if (bytes > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                GeneratedContent.write(bytes, out);
            }
        }
    }

    private static void digest(HttpExchange exchange) throws IOException {
        String digest;
        try (InputStream in = exchange.getRequestBody()) {
            digest = GeneratedContent.sha256(in, Long.MAX_VALUE);
        }
        byte[] answer = digest.getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    /** Half of what it promised. */
    private static void stall(HttpExchange exchange) throws IOException {
        long bytes = bytes(exchange);
        exchange.sendResponseHeaders(200, 2 * bytes);
        OutputStream out = exchange.getResponseBody();
        GeneratedContent.write(bytes, out);
        out.flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long bytes(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    }

    private static SSLContext tls(Path keys, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, password);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
