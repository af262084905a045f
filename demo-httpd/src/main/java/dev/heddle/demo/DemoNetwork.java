package dev.heddle.demo;

import dev.heddle.net.NetworkStack;
import java.util.List;
import java.util.SequencedMap;
import javax.net.ServerSocketFactory;

/** A Heddle host for the web server, and the way by which the rest of the machine reaches it. */
interface DemoNetwork extends AutoCloseable {

    /** Makes the sockets of the web server's host. */
    ServerSocketFactory serverSocketFactory();

    /** The port for the web server. */
    int serverPort();

    /** Where a client on this machine finds the web server. */
    List<String> urls();

    /** The stacks that carry the pages, by what they are called in metrics; the web server's first. */
    SequencedMap<String, NetworkStack> stacks();

    /** The way in words. */
    String description();

    /** Finishes sending for a bounded time, then leaves nothing behind. */
    @Override
    void close();
}
