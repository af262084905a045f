package dev.heddle.otherfactories;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;

/** Sets one of the JVM's factories, installs a stack, and says what came of it and whose the other sockets are. */
public final class InstallBesideFactory {

    private InstallBesideFactory() {}

    /**
     * Started by a test.
     *
     * @param kind {@code datagram}, {@code server} or {@code client}
     */
    @SuppressWarnings("deprecation") // such programs are older than that
    public static void main(String... kind) throws IOException {
        switch (kind[0]) {
            case "datagram" ->
                DatagramSocket.setDatagramSocketImplFactory(() -> {
                    throw new IllegalStateException("somebody else's");
                });
            case "server" ->
                ServerSocket.setSocketFactory(() -> {
                    throw new IllegalStateException("somebody else's");
                });
            default ->
                Socket.setSocketImplFactory(() -> {
                    throw new IllegalStateException("somebody else's");
                });
        }
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build()) {
            try {
                stack.installAsDefault();
                System.out.println("installed");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
        say("datagram", DatagramSocket::new);
        say("server", () -> new ServerSocket(0));
        say("client", Socket::new);
    }

    @FunctionalInterface
    private interface Maker {
        AutoCloseable make() throws IOException;
    }

    private static void say(String kind, Maker maker) {
        try {
            maker.make().close();
            System.out.println(kind + ": the kernel's");
        } catch (Exception e) {
            System.out.println(kind + ": " + e.getMessage());
        }
    }
}
