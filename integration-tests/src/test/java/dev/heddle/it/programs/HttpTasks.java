package dev.heddle.it.programs;

import dev.heddle.it.peer.GeneratedContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a test has an HTTP library do. Servers have the pages {@code content/BYTES}, {@code digest} and {@code stall/BYTES}. */
public final class HttpTasks implements Tasks {

    private final HttpLibrary library;

    public HttpTasks(HttpLibrary library) {
        this.library = library;
    }

    @Override
    public String run(String task, List<String> arguments, Runnable midway) throws Exception {
        String site = arguments.getFirst();
        return switch (task) {
            case "load" ->
                load(
                        site,
                        Integer.parseInt(arguments.get(1)),
                        Integer.parseInt(arguments.get(2)),
                        Integer.parseInt(arguments.get(3)));
            case "download" -> download(site, Integer.parseInt(arguments.get(1)));
            case "stall" -> stall(site, Integer.parseInt(arguments.get(1)), midway);
            default -> throw new IllegalArgumentException(task);
        };
    }

    /** Downloads and uploads of sizes from nothing to the largest, in turns. */
    private String load(String site, int requests, int atATime, int largestBytes) throws Exception {
        int[] sizes = IntStream.of(0, 1, 100, 1460, 10_000, 65_536, 300_000, largestBytes)
                .filter(size -> size <= largestBytes)
                .toArray();
        byte[] content = GeneratedContent.bytes(largestBytes);
        String[] digests =
                IntStream.of(sizes).mapToObj(GeneratedContent::sha256).toArray(String[]::new);
        long bytes = Together.run(requests, atATime, number -> {
            int which = number / 2 % sizes.length;
            int size = sizes[which];
            String digest = number % 2 == 0
                    ? library.get(site + "/content/" + size, body -> GeneratedContent.sha256(body, Long.MAX_VALUE))
                    : library.post(site + "/digest", Arrays.copyOf(content, size));
            Together.expect(digest.equals(digests[which]), "request " + number + ": " + digest);
            return size;
        });
        return requests + " requests, " + bytes + " bytes";
    }

    private String download(String site, int bytes) throws IOException {
        String digest = library.get(site + "/content/" + bytes, body -> GeneratedContent.sha256(body, Long.MAX_VALUE));
        Together.expect(digest.equals(GeneratedContent.sha256(bytes)), digest);
        return bytes + " bytes";
    }

    /** A download that will not come to its end. */
    private String stall(String site, int bytes, Runnable midway) throws IOException {
        return library.get(site + "/stall/" + bytes, body -> {
            String half = GeneratedContent.sha256(body, bytes);
            Together.expect(half.equals(GeneratedContent.sha256(bytes)), half);
            midway.run();
            int next = body.read();
            return next < 0 ? "the end" : "a byte";
        });
    }

    static String text(InputStream body) throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    static void expectOk(int status) throws IOException {
        if (status != 200) {
            throw new IOException("status " + status);
        }
    }

    @Override
    public void close() throws IOException {
        library.close();
    }
}
