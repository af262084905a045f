package dev.heddle.net;

import dev.heddle.core.host.EchoAnswer;
import dev.heddle.core.tcp.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;

/** Finds out whether a host answers echoes. */
final class Reachability {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final byte[] DATA = new byte[56];

    private Reachability() {}

    /** As {@link NetworkStack#isReachable}; closes the socket. */
    static boolean ask(EchoSocket echo, InetAddress address, Duration timeout) throws IOException {
        long endNs = System.nanoTime() + timeout.toNanos();
        try (echo) {
            for (int sequence = 1; ; sequence = sequence % 0xffff + 1) {
                Duration left = Duration.ofNanos(endNs - System.nanoTime());
                if (left.isNegative()) {
                    return false;
                }
                Failure failure = echo.offer(address, sequence, DATA, EchoSocket.DEFAULT_HOP_LIMIT);
                if (failure == Failure.NETWORK_UNREACHABLE) {
                    return false;
                }
                // One that the link had no room for is lost as others are.
                if (failure != Failure.NONE && failure != Failure.NO_BUFFER_SPACE) {
                    throw echo.exception(failure);
                }
                EchoAnswer answer = echo.receive(left.compareTo(INTERVAL) < 0 ? left : INTERVAL);
                if (answer != null) {
                    return answer.isReply();
                }
            }
        }
    }
}
