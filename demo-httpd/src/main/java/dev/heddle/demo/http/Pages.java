package dev.heddle.demo.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.hc.core5.http.EndpointDetails;
import org.jspecify.annotations.Nullable;

/** The HTML that the server makes itself. */
final class Pages {

    private static final String WELCOME = resource("welcome.html");
    private static final String STYLE = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
            + "<style>body{font:16px/1.5 system-ui,sans-serif;margin:3em auto;max-width:50em;padding:0 1em}"
            + "td{padding:0 2em 0 0}td+td{text-align:right;font-variant-numeric:tabular-nums}</style>";

    private Pages() {}

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Pages.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The built-in page, with the two ends of the connection that it travels over. */
    static String welcome(@Nullable EndpointDetails connection) {
        return WELCOME.replace("{local}", connection == null ? "?" : address(connection.getLocalAddress()))
                .replace("{remote}", connection == null ? "?" : address(connection.getRemoteAddress()));
    }

    private static String address(Object socketAddress) {
        String text = String.valueOf(socketAddress);
        return escape(text.startsWith("/") ? text.substring(1) : text);
    }

    static String error(int status, String message) {
        return STYLE + "<title>" + status + "</title><h1>" + status + "</h1><p>" + escape(message) + "\n";
    }

    /** The names in a directory, directories first. */
    static String listing(RequestPath path, Path directory) throws IOException {
        List<String> directories = new ArrayList<>();
        List<String> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                (Files.isDirectory(entry) ? directories : files).add(name);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(directories);
        Collections.sort(files);
        String title = escape("/" + String.join("/", path.segments()));
        StringBuilder html = new StringBuilder(STYLE + "<title>" + title + "</title><h1>" + title + "</h1><table>\n");
        if (!path.segments().isEmpty()) {
            html.append("<tr><td><a href=\"../\">../</a><td>\n");
        }
        for (String name : directories) {
            row(html, name + "/", RequestPath.encode(name) + "/", "");
        }
        for (String name : files) {
            row(html, name, RequestPath.encode(name), size(directory.resolve(name)));
        }
        return html.append("</table>\n").toString();
    }

    private static void row(StringBuilder html, String name, String link, String size) {
        html.append("<tr><td><a href=\"./")
                .append(link)
                .append("\">")
                .append(escape(name))
                .append("</a><td>")
                .append(size)
                .append('\n');
    }

    private static String size(Path file) {
        try {
            return String.format(Locale.ROOT, "%,d", Files.size(file));
        } catch (IOException e) {
            return "";
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
