package dev.heddle.demo.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/** The files below one directory. Links that lead out of it are not followed. */
final class StaticFiles {

    static final ContentType HTML = ContentType.create("text/html", StandardCharsets.UTF_8);

    private final Path root;

    /**
     * @param root the directory
     * @throws IOException if it is not there
     */
    StaticFiles(Path root) throws IOException {
        this.root = root.toRealPath();
    }

    /** Answers GET and HEAD. */
    ClassicHttpResponse answer(ClassicHttpRequest request, RequestPath path) throws HttpError {
        try {
            Path file = find(path);
            if (!Files.isDirectory(file)) {
                if (path.directory()) {
                    throw notFound();
                }
                return file(request, file);
            }
            if (!path.directory()) {
                ClassicHttpResponse response = new BasicClassicHttpResponse(HttpStatus.SC_MOVED_PERMANENTLY);
                response.setHeader(HttpHeaders.LOCATION, path.asDirectory());
                return response;
            }
            Path index = file.resolve("index.html");
            if (Files.isRegularFile(index)) {
                return file(request, inside(index));
            }
            ClassicHttpResponse response = new BasicClassicHttpResponse(HttpStatus.SC_OK);
            response.setEntity(new StringEntity(Pages.listing(path, file), HTML));
            return response;
        } catch (IOException e) {
            // It went away while we looked, or may not be read.
            throw notFound();
        }
    }

    private Path find(RequestPath path) throws IOException, HttpError {
        try {
            return inside(root.resolve(String.join("/", path.segments())));
        } catch (InvalidPathException e) {
            throw notFound();
        }
    }

    /** Follows links, unless they lead out of the directory. */
    private Path inside(Path path) throws IOException, HttpError {
        Path file = path.toRealPath();
        if (!file.startsWith(root)) {
            throw new HttpError(HttpStatus.SC_FORBIDDEN, "the path leaves the directory");
        }
        return file;
    }

    private static HttpError notFound() {
        return new HttpError(HttpStatus.SC_NOT_FOUND, "there is no such file");
    }

    private static ClassicHttpResponse file(ClassicHttpRequest request, Path file) throws IOException, HttpError {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile() || !Files.isReadable(file)) {
            throw new HttpError(HttpStatus.SC_FORBIDDEN, "not a file that can be read");
        }
        long size = attributes.size();
        String entityTag = "\"" + Long.toHexString(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)) + "-"
                + Long.toHexString(size) + "\"";
        Preconditions preconditions = new Preconditions(
                entityTag, HttpDate.wholeSeconds(attributes.lastModifiedTime().toInstant()));
        ClassicHttpResponse response = switch (preconditions.evaluate(request)) {
            case FAILED -> throw new HttpError(HttpStatus.SC_PRECONDITION_FAILED, "the file is not the one you know");
            case NOT_MODIFIED -> new BasicClassicHttpResponse(HttpStatus.SC_NOT_MODIFIED);
            case PROCEED -> content(file, size, ranges(request, preconditions, size));
        };
        response.setHeader(HttpHeaders.ETAG, entityTag);
        response.setHeader(HttpHeaders.LAST_MODIFIED, HttpDate.format(preconditions.lastModified()));
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        return response;
    }

    private static ByteRanges ranges(ClassicHttpRequest request, Preconditions preconditions, long size) {
        // RFC 9110 14.2: ranges are defined for GET alone.
        Header header = request.getFirstHeader(HttpHeaders.RANGE);
        if (header == null || !Method.GET.isSame(request.getMethod()) || !preconditions.rangeIsCurrent(request)) {
            return new ByteRanges.Whole();
        }
        return ByteRanges.parse(header.getValue(), size);
    }

    private static ClassicHttpResponse content(Path file, long size, ByteRanges ranges) {
        ContentType type = MediaTypes.of(file.toString());
        switch (ranges) {
            case ByteRanges.Whole whole -> {
                ClassicHttpResponse response = new BasicClassicHttpResponse(HttpStatus.SC_OK);
                response.setEntity(new FileSlice(file, new ByteRanges.Part(0, size - 1)).body(type));
                return response;
            }
            case ByteRanges.Unsatisfiable unsatisfiable -> {
                ClassicHttpResponse response =
                        new BasicClassicHttpResponse(HttpStatus.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
                response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
                response.setEntity(new StringEntity(Pages.error(response.getCode(), "no such part"), HTML));
                return response;
            }
            case ByteRanges.Parts some -> {
                List<ByteRanges.Part> parts = some.parts();
                ClassicHttpResponse response = new BasicClassicHttpResponse(HttpStatus.SC_PARTIAL_CONTENT);
                if (parts.size() == 1) {
                    response.setHeader(
                            HttpHeaders.CONTENT_RANGE, parts.getFirst().contentRange(size));
                    response.setEntity(new FileSlice(file, parts.getFirst()).body(type));
                } else {
                    response.setEntity(new MultipartByteRanges(file, parts, size, type).body());
                }
                return response;
            }
        }
    }
}
