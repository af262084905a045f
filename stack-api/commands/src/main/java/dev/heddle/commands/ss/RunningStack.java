package dev.heddle.commands.ss;

import dev.heddle.control.ControlDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A stack of another process of this user, as it answered.
 *
 * @param process its process
 * @param program what its JVM runs
 * @param nowNs its clock when it answered
 * @param links its interfaces with their addresses
 * @param endpoints what it has
 */
record RunningStack(long process, String program, long nowNs, List<String> links, List<Endpoint> endpoints) {

    private static final String VERSION = "1";

    /** How long a process may say nothing; one that is stopped does for ever. */
    static final Duration QUIET = Duration.ofSeconds(5);

    /**
     * Asks the stacks of a directory. Those of processes that are no more are left out, and their files removed.
     *
     * @param wanted only those of this process; empty for all
     * @param info whether to ask for the figures of each connection
     * @param complaints takes a line about each that gives no answer
     * @throws IOException if the directory is not this user's own
     */
    static List<RunningStack> ask(
            ControlDirectory directory,
            Optional<Long> wanted,
            boolean info,
            Duration quiet,
            Consumer<String> complaints)
            throws IOException {
        directory.removeStale();
        List<RunningStack> stacks = new ArrayList<>();
        for (Path socket : directory.sockets()) {
            long process = ControlDirectory.process(socket);
            if (wanted.isEmpty() || wanted.get() == process) {
                try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    stacks.add(ask(channel, socket, info, quiet));
                } catch (ConnectException e) {
                    // It has just ended, or another process has its number.
                } catch (IOException e) {
                    // It may have ended meanwhile, and its file with it.
                    if (Files.exists(socket)) {
                        complaints.accept("process " + process + " does not answer: " + e.getMessage());
                    }
                }
            }
        }
        return stacks;
    }

    private static RunningStack ask(SocketChannel channel, Path socket, boolean info, Duration quiet)
            throws IOException {
        long process = ControlDirectory.process(socket);
        CompletableFuture<RunningStack> answer = new CompletableFuture<>();
        AtomicLong read = new AtomicLong();
        Thread.ofPlatform().daemon().name("answer").start(() -> {
            try {
                // Who is stopped and was asked often has no room for one more, who would wait for it.
                channel.connect(UnixDomainSocketAddress.of(socket));
                answer.complete(talk(channel, process, info, read));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            while (true) {
                long before = read.get();
                try {
                    return answer.get(quiet.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (read.get() == before) {
                        throw new IOException("is it stopped?", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException gone) {
                throw gone;
            }
            throw new IOException(e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static RunningStack talk(SocketChannel channel, long process, boolean info, AtomicLong read)
            throws IOException {
        channel.write(ByteBuffer.wrap((info ? "list info\n" : "list\n").getBytes(StandardCharsets.US_ASCII)));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
        String first = lines.readLine();
        if (first == null || !first.startsWith("heddle " + VERSION + " ")) {
            throw new IOException("it speaks another version of heddle: " + first);
        }
        Fields head = new Fields(first);
        List<String> links = new ArrayList<>();
        List<Endpoint> endpoints = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            read.incrementAndGet();
            if (line.equals("end")) {
                return new RunningStack(process, head.text("program"), head.number("now"), links, endpoints);
            }
            Fields fields = new Fields(line);
            switch (fields.subject()) {
                case "link" -> links.add((fields.text("name") + " " + fields.text("addresses")).strip());
                case "tcp", "udp" -> endpoints.add(new Endpoint(fields));
                case "error" -> throw new IOException(line);
                default -> {
                    // Newer than this, and not for it.
                }
            }
        }
        throw new IOException("its answer has no end");
    }
}
