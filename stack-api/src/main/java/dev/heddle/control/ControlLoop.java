package dev.heddle.control;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the clients of a control socket in one thread, a few at a time: who is slow takes nobody's time but his own. */
final class ControlLoop implements Runnable {

    static final int CLIENTS = 8;

    /** How often somebody looks at who has had his time. */
    private static final long LOOK_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    private final ServerSocketChannel channel;
    private final Selector selector;
    private final Answers answers;
    private final long idleNs;

    /* Of the loop's thread. */
    private final Set<ControlClient> clients = new HashSet<>();

    /** With the longest time that a client may do nothing. */
    ControlLoop(ServerSocketChannel channel, Selector selector, Answers answers, long idleNs) {
        this.channel = channel;
        this.selector = selector;
        this.answers = answers;
        this.idleNs = idleNs;
    }

    @Override
    public void run() {
        try {
            SelectionKey accepting = channel.register(selector, SelectionKey.OP_ACCEPT);
            while (selector.isOpen()) {
                accepting.interestOps(clients.size() < CLIENTS ? SelectionKey.OP_ACCEPT : 0);
                // Who was ready is served first, however late this thread comes.
                long beganNs = System.nanoTime();
                selector.select(this::ready, clients.isEmpty() ? 0 : LOOK_MILLIS);
                clients.removeIf(client -> client.isOver(beganNs));
            }
        } catch (ClosedSelectorException | ClosedChannelException e) {
            LOG.debug("closed", e);
        } catch (IOException | RuntimeException e) {
            LOG.warn("nobody can look into this stack any more: {}", e.toString());
        } finally {
            clients.forEach(ControlClient::close);
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof ControlClient client) {
            client.ready(key, System.nanoTime());
        } else {
            accept();
        }
    }

    private void accept() {
        try {
            SocketChannel connection = channel.accept();
            if (connection != null) {
                connection.configureBlocking(false);
                ControlClient client = new ControlClient(connection, answers, idleNs, System.nanoTime());
                clients.add(client);
                connection.register(selector, SelectionKey.OP_READ, client);
            }
        } catch (IOException e) {
            // That one is gone, or there are no descriptors just now; the next may have more luck.
            LOG.debug("no connection", e);
            pause();
        }
    }

    /** Where descriptors are short the selector would come back at once. */
    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
    }
}
