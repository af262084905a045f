package dev.heddle.demo.http;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;

/** What the demonstration serves: the files of a directory or the built-in page; POST and PUT are echoed. */
public final class Site implements HttpServerRequestHandler {

    private static final String ALLOWED = "GET, HEAD, POST, PUT, OPTIONS";

    private final @Nullable StaticFiles files;

    private Site(@Nullable StaticFiles files) {
        this.files = files;
    }

    /** A site of one page. */
    public static Site builtIn() {
        return new Site(null);
    }

    /**
     * The files of a directory.
     *
     * @throws IOException if it is not there
     */
    public static Site of(Path directory) throws IOException {
        return new Site(new StaticFiles(directory));
    }

    @Override
    public void handle(ClassicHttpRequest request, ResponseTrigger trigger, HttpContext context)
            throws HttpException, IOException {
        ClassicHttpResponse response;
        try {
            response = answer(request, HttpCoreContext.castOrCreate(context));
        } catch (HttpError e) {
            response = page(e.status(), Pages.error(e.status(), String.valueOf(e.getMessage())));
        }
        trigger.submitResponse(response);
    }

    private ClassicHttpResponse answer(ClassicHttpRequest request, HttpCoreContext context) throws HttpError {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> {
                return get(request, context);
            }
            case "POST", "PUT" -> {
                RequestPath.parse(request.getPath());
                return echo(request);
            }
            case "OPTIONS" -> {
                return allowed(new BasicClassicHttpResponse(HttpStatus.SC_NO_CONTENT));
            }
            default -> {
                int status = HttpStatus.SC_METHOD_NOT_ALLOWED;
                return allowed(page(status, Pages.error(status, "allowed here: " + ALLOWED)));
            }
        }
    }

    private ClassicHttpResponse get(ClassicHttpRequest request, HttpCoreContext context) throws HttpError {
        RequestPath path = RequestPath.parse(request.getPath());
        if (files != null) {
            return files.answer(request, path);
        }
        if (!path.segments().isEmpty()) {
            throw new HttpError(HttpStatus.SC_NOT_FOUND, "there is only the page at /");
        }
        return page(HttpStatus.SC_OK, Pages.welcome(context.getEndpointDetails()));
    }

    /** The body goes back while it arrives; a client must read while it writes. */
    private static ClassicHttpResponse echo(ClassicHttpRequest request) throws HttpError {
        ClassicHttpResponse response = new BasicClassicHttpResponse(HttpStatus.SC_OK);
        HttpEntity body = request.getEntity();
        if (body == null) {
            response.setEntity(new StringEntity("", ContentType.APPLICATION_OCTET_STREAM));
            return response;
        }
        try {
            ContentType type = ContentType.parseLenient(body.getContentType());
            response.setEntity(new InputStreamEntity(
                    body.getContent(),
                    body.getContentLength(),
                    type == null ? ContentType.APPLICATION_OCTET_STREAM : type));
        } catch (IOException | IllegalArgumentException e) {
            throw new HttpError(HttpStatus.SC_BAD_REQUEST, "the body cannot be read");
        }
        return response;
    }

    private static ClassicHttpResponse page(int status, String html) {
        ClassicHttpResponse response = new BasicClassicHttpResponse(status);
        response.setEntity(new StringEntity(html, StaticFiles.HTML));
        return response;
    }

    private static ClassicHttpResponse allowed(ClassicHttpResponse response) {
        response.setHeader(HttpHeaders.ALLOW, ALLOWED);
        return response;
    }
}
