package dev.heddle.it.programs;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The classic client of Apache HttpClient 5. */
public final class HttpClient5 implements HttpLibrary {

    private static final int CONNECTIONS = 20;

    private final CloseableHttpClient client;

    /**
     * @param sockets makes the client's sockets; null for the client's own way
     * @param readTimeout how long to wait for the next byte
     */
    public HttpClient5(@Nullable SocketFactory sockets, Duration readTimeout) {
        PoolingHttpClientConnectionManagerBuilder pool =
                sockets == null ? PoolingHttpClientConnectionManagerBuilder.create() : new PoolOf(sockets);
        client = HttpClients.custom()
                .setConnectionManager(pool.setMaxConnTotal(CONNECTIONS)
                        .setMaxConnPerRoute(CONNECTIONS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setSocketTimeout(Timeout.of(readTimeout))
                                .build())
                        .useSystemProperties()
                        .build())
                .build();
    }

    /** Connections over the sockets of a factory. */
    private static final class PoolOf extends PoolingHttpClientConnectionManagerBuilder {

        private final SocketFactory sockets;

        PoolOf(SocketFactory sockets) {
            this.sockets = sockets;
        }

        @Override
        protected HttpClientConnectionOperator createConnectionOperator(
                SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
            return new DefaultHttpClientConnectionOperator(
                    proxy -> plain(),
                    ports,
                    names,
                    RegistryBuilder.<TlsSocketStrategy>create()
                            .register("https", tls)
                            .build());
        }

        private Socket plain() throws IOException {
            return sockets.createSocket();
        }
    }

    /** The argument is the read time-out in milliseconds. */
    public static void main(String[] arguments) throws Exception {
        Dialogue.hold(new HttpTasks(new HttpClient5(null, Duration.ofMillis(Long.parseLong(arguments[0])))));
    }

    @Override
    public String get(String url, Reader reader) throws IOException {
        return execute(new HttpGet(url), reader);
    }

    @Override
    public String post(String url, byte[] body) throws IOException {
        HttpPost post = new HttpPost(url);
        post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_OCTET_STREAM));
        return execute(post, HttpTasks::text);
    }

    private String execute(ClassicHttpRequest request, Reader reader) throws IOException {
        return client.execute(request, response -> {
            HttpTasks.expectOk(response.getCode());
            return reader.read(response.getEntity().getContent());
        });
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
