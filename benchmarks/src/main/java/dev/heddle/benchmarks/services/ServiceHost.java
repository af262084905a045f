package dev.heddle.benchmarks.services;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** All services at once, on sockets of any kind; a virtual thread accepts for each, and each connection has one. */
public final class ServiceHost implements AutoCloseable {

    private static final int BACKLOG = 4096;

    private final Map<Service, ServerSocket> listeners = new EnumMap<>(Service.class);
    private final AtomicInteger open = new AtomicInteger();

    /** At the services' own ports. */
    public ServiceHost(ServerSocketFactory sockets, @Nullable InetAddress address) throws IOException {
        this(sockets, address, Service::port);
    }

    ServiceHost(ServerSocketFactory sockets, @Nullable InetAddress address, ToIntFunction<Service> port)
            throws IOException {
        boolean complete = false;
        try {
            for (Service service : Service.values()) {
                listeners.put(service, sockets.createServerSocket(port.applyAsInt(service), BACKLOG, address));
            }
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
        listeners.forEach(
                (service, listener) -> Thread.ofVirtual().name(service.name()).start(() -> accept(service, listener)));
    }

    int port(Service service) {
        return listeners.get(service).getLocalPort();
    }

    private void accept(Service service, ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.startVirtualThread(() -> serve(service, socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    System.err.println(service + ": " + e.getMessage());
                }
            }
        }
    }

    private void serve(Service service, Socket socket) {
        open.incrementAndGet();
        try (socket) {
            service.serve(socket);
        } catch (IOException e) {
            // The peer went away, which is how most connections to a character generator end.
        } finally {
            open.decrementAndGet();
        }
    }

    /** How many connections are open. */
    int openConnections() {
        return open.get();
    }

    /** Stops accepting; connections go on until their clients have done. */
    @Override
    public void close() throws IOException {
        for (ServerSocket listener : listeners.values()) {
            listener.close();
        }
    }
}
