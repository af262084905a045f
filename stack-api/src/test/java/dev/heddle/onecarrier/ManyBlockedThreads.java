package dev.heddle.onecarrier;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Blocks as many virtual threads in reads, writes, accepts, connects and receives of two stacks as its argument says, and then
 * asks whether others still run. What waits longer than it may ends the program with an exception.
 */
public final class ManyBlockedThreads {

    private static final int BUFFER_BYTES = 4096;
    private static final long PATIENCE_SECONDS = 60;
    private static final int PORT = 80;

    private final List<Thread> blocked = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    private ManyBlockedThreads() {}

    /** Prints {@code blocked N}, {@code answered} and {@code ended}, a line each. */
    public static void main(String[] arguments) throws Exception {
        new ManyBlockedThreads().run(Integer.parseInt(arguments[0]));
    }

    private void run(int threads) throws Exception {
        try (MemoryLink.Pair cable = MemoryLink.pair("client", "server", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack client = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build();
                NetworkStack server = NetworkStack.builder()
                        .link(cable.b())
                        .address("192.0.2.2/24")
                        .build()) {
            InetAddress address = InetAddress.getByName("192.0.2.2");
            ServerSocket listener = server.serverSocketFactory().createServerSocket();
            listener.setReceiveBufferSize(BUFFER_BYTES);
            listener.bind(new InetSocketAddress(PORT), threads);

            // A few of every other call that waits.
            for (int i = 0; i < 10; i++) {
                ServerSocket nobody = server.serverSocketFactory().createServerSocket(0);
                block(nobody, nobody::accept);
                DatagramSocket deaf = server.datagramSocketFactory().createDatagramSocket();
                block(deaf, () -> {
                    deaf.receive(new DatagramPacket(new byte[1], 1));
                    return null;
                });
                Socket lost = client.socketFactory().createSocket();
                block(lost, () -> {
                    lost.connect(new InetSocketAddress("192.0.2.77", PORT));
                    return null;
                });
            }
            while (blocked.size() < threads) {
                Socket socket = client.socketFactory().createSocket();
                socket.setSendBufferSize(BUFFER_BYTES);
                socket.connect(new InetSocketAddress(address, PORT));
                open.add(listener.accept());
                block(socket, socket.getInputStream()::read);
                block(socket, () -> {
                    while (true) {
                        socket.getOutputStream().write(new byte[BUFFER_BYTES]);
                    }
                });
            }
            for (Thread thread : blocked) {
                awaitBlocked(thread);
            }
            System.out.println("blocked " + blocked.size());
            answer(client, server, address);
            System.out.println("answered");
            for (AutoCloseable each : open) {
                each.close();
            }
            for (Thread thread : blocked) {
                if (!thread.join(Duration.ofSeconds(PATIENCE_SECONDS))) {
                    throw new IllegalStateException("still waiting: " + thread);
                }
            }
            System.out.println("ended");
        }
    }

    private void block(AutoCloseable closedAtTheEnd, Callable<?> call) {
        open.add(closedAtTheEnd);
        blocked.add(Thread.startVirtualThread(() -> {
            try {
                call.call();
            } catch (IOException e) {
                // closed at the end
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }));
    }

    private static void awaitBlocked(Thread thread) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        // A thread that was never given a carrier is RUNNABLE.
        while (thread.getState() != Thread.State.WAITING) {
            if (System.nanoTime() > endNs || !thread.isAlive()) {
                throw new IllegalStateException("does not block but is " + thread.getState() + ": " + thread);
            }
            Thread.sleep(1);
        }
    }

    /** Two more virtual threads talk over the same stacks. */
    private static void answer(NetworkStack client, NetworkStack server, InetAddress address) throws Exception {
        ServerSocket listener = server.serverSocketFactory().createServerSocket(PORT + 1);
        FutureTask<Integer> answering = new FutureTask<>(() -> {
            try (Socket socket = listener.accept()) {
                socket.getOutputStream().write(socket.getInputStream().read() + 1);
                return 0;
            }
        });
        FutureTask<Integer> asking = new FutureTask<>(() -> {
            try (Socket socket = client.socketFactory().createSocket(address, PORT + 1)) {
                socket.getOutputStream().write(41);
                return socket.getInputStream().read();
            }
        });
        Thread.startVirtualThread(answering);
        Thread.startVirtualThread(asking);
        int answer = asking.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer != 42) {
            throw new IllegalStateException("the answer is " + answer);
        }
    }
}
