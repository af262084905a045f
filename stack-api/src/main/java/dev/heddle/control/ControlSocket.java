package dev.heddle.control;

import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets other processes of the same user look into a stack, as {@code bin/heddle ss} does.
 *
 * <pre>{@code
 * try (ControlSocket control = ControlSocket.open()) {
 *     control.serve(stack);
 * }
 * }</pre>
 *
 * <p>It is opened by the JVM's provider of that moment: a program that puts a stack in the place of the JVM's own sockets opens
 * it before. Its thread is a daemon, and its file goes with the JVM; that of a process that was killed is removed by the next
 * one that opens or looks.
 */
public final class ControlSocket implements AutoCloseable {

    /** Control sockets that one process has at most. */
    private static final int MOST = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private final ServerSocketChannel channel;
    private final Selector selector;
    private final Path path;

    private ControlSocket(ServerSocketChannel channel, Selector selector, Path path) {
        this.channel = channel;
        this.selector = selector;
        this.path = path;
    }

    /**
     * Opens a control socket where {@code bin/heddle ss} finds it. Who connects waits until it serves a stack.
     *
     * @throws IOException if it cannot be had; the message says in one line what to do
     */
    public static ControlSocket open() throws IOException {
        return open(ControlDirectory.ofUser());
    }

    static ControlSocket open(ControlDirectory directory) throws IOException {
        directory.make();
        directory.removeStale();
        ServerSocketChannel channel = openChannel();
        try {
            Path path = bind(channel, directory);
            channel.configureBlocking(false);
            return new ControlSocket(channel, channel.provider().openSelector(), path);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static ServerSocketChannel openChannel() throws IOException {
        try {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (UnsupportedOperationException e) {
            throw new IOException("this JVM's channels have no Unix-domain sockets", e);
        }
    }

    /** Binds to the first number that is free: another class loader may have a Heddle of its own. */
    private static Path bind(ServerSocketChannel channel, ControlDirectory directory) throws IOException {
        long process = ProcessHandle.current().pid();
        for (int number = 1; ; number++) {
            Path path = directory.socket(process, number);
            try {
                channel.bind(UnixDomainSocketAddress.of(path));
                path.toFile().deleteOnExit();
                return path;
            } catch (BindException e) {
                if (number == MOST || !Files.exists(path)) {
                    throw e;
                }
            }
        }
    }

    /** Its file. */
    public Path path() {
        return path;
    }

    /** Answers from now on, in a thread of its own, until it is closed. To be called once. */
    public void serve(NetworkStack stack) {
        serve(stack, ControlClient.IDLE);
    }

    /** With another limit to how long a client may do nothing. */
    void serve(NetworkStack stack, Duration idle) {
        ControlLoop loop = new ControlLoop(channel, selector, new Answers(stack.host()), idle.toNanos());
        Thread.ofPlatform().daemon().name("heddle-control").start(loop);
    }

    /** Closes, and removes the file. Idempotent. */
    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.debug("cannot close {}", path, e);
        }
    }

    @Override
    public String toString() {
        return "ControlSocket[" + path + "]";
    }
}
