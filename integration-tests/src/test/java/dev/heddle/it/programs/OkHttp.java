package dev.heddle.it.programs;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp. */
public final class OkHttp implements HttpLibrary {

    private static final int IDLE_CONNECTIONS = 20;

    private final OkHttpClient client;

    /**
     * @param sockets makes the client's sockets
     * @param readTimeout how long to wait for the next byte
     */
    public OkHttp(SocketFactory sockets, Duration readTimeout) {
        client = new OkHttpClient.Builder()
                .socketFactory(sockets)
                .readTimeout(readTimeout)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
                .build();
    }

    /** The argument is the read time-out in milliseconds. */
    public static void main(String[] arguments) throws Exception {
        Duration readTimeout = Duration.ofMillis(Long.parseLong(arguments[0]));
        Dialogue.hold(new HttpTasks(new OkHttp(SocketFactory.getDefault(), readTimeout)));
    }

    @Override
    public String get(String url, Reader reader) throws IOException {
        return execute(new Request.Builder().url(url).build(), reader);
    }

    @Override
    public String post(String url, byte[] body) throws IOException {
        return execute(
                new Request.Builder().url(url).post(RequestBody.create(body)).build(), HttpTasks::text);
    }

    private String execute(Request request, Reader reader) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            HttpTasks.expectOk(response.code());
            return reader.read(response.body().byteStream());
        }
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
