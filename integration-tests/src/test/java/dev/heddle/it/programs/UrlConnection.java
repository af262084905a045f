package dev.heddle.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;

/** The JDK's own {@link HttpURLConnection}. */
public final class UrlConnection implements HttpLibrary {

    private final int readTimeoutMs;

    private UrlConnection(int readTimeoutMs) {
        this.readTimeoutMs = readTimeoutMs;
    }

    /** The argument is the read time-out in milliseconds. */
    public static void main(String[] arguments) throws Exception {
        Dialogue.hold(new HttpTasks(new UrlConnection(Integer.parseInt(arguments[0]))));
    }

    @Override
    public String get(String url, Reader reader) throws IOException {
        HttpURLConnection connection = open(url);
        HttpTasks.expectOk(connection.getResponseCode());
        try (InputStream in = connection.getInputStream()) {
            return reader.read(in);
        }
    }

    @Override
    public String post(String url, byte[] body) throws IOException {
        HttpURLConnection connection = open(url);
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        HttpTasks.expectOk(connection.getResponseCode());
        try (InputStream in = connection.getInputStream()) {
            return HttpTasks.text(in);
        }
    }

    private HttpURLConnection open(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setReadTimeout(readTimeoutMs);
        return connection;
    }

    /** Its connections are the JVM's. */
    @Override
    public void close() {}
}
