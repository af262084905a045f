package dev.heddle.it;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Carries all packets of one link to another and back, until it is closed, which closes both. */
final class Relay implements AutoCloseable {

    /** A full device has room again when the kernel has read from it, which nothing tells. */
    private static final long FULL_RETRY_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final Link a;
    private final Link b;
    private final Thread there;
    private final Thread back;

    Relay(Link a, Link b) {
        this.a = a;
        this.b = b;
        there = Thread.ofPlatform().daemon().name("relay " + a + " to " + b).start(() -> carry(a, b));
        back = Thread.ofPlatform().daemon().name("relay " + b + " to " + a).start(() -> carry(b, a));
    }

    private static void carry(Link from, Link to) {
        Packet packet = new Packet(Packet.MAX_LENGTH);
        try {
            while (true) {
                while (from.receive(packet)) {
                    while (!to.transmit(packet)) {
                        LockSupport.parkNanos(FULL_RETRY_NS);
                    }
                }
                from.awaitWork(Clock.NEVER);
            }
        } catch (LinkDownException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        a.close();
        b.close();
        try {
            there.join();
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
