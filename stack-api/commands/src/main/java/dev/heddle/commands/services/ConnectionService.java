package dev.heddle.commands.services;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** A service over TCP: a virtual thread accepts, and each connection has one. */
final class ConnectionService implements Runnable {

    private final Service service;
    private final ServerSocket listener;

    ConnectionService(Service service, ServerSocket listener) {
        this.service = service;
        this.listener = listener;
    }

    /** Accepts until the listener is closed, or its stack. */
    @Override
    public void run() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.startVirtualThread(() -> serve(socket));
            }
        } catch (IOException e) {
            // It is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            service.serve(socket);
        } catch (IOException e) {
            // The peer went away, which is how most connections to a character generator end.
        }
    }
}
