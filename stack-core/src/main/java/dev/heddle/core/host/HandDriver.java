package dev.heddle.core.host;

import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.time.Clock;

/**
 * Drives a host by hand, in the place of pumps: one thread at a time injects packets and runs timers, and every call runs to
 * completion.
 */
final class HandDriver {

    private final Host host;
    private final Network network;
    private final PacketPool packets;
    private final Clock clock;

    /** Whether pumps have taken over; never false again. */
    private volatile boolean pumped;

    /** Whether the embedder has a batch open; written by the thread that drives by hand. */
    private volatile boolean batchOpen;

    HandDriver(Host host, Network network, PacketPool packets, Clock clock) {
        this.host = host;
        this.network = network;
        this.packets = packets;
        this.clock = clock;
    }

    boolean isInCharge() {
        return !pumped;
    }

    /** From now on pumps drive the host. */
    void pumped() {
        pumped = true;
    }

    /** As {@link Host#inject}. */
    void inject(HostInterface in, Packet packet) {
        CallQueue calls = CallQueue.ofThread();
        if (!calls.isBusy()) {
            calls.beginDelivery();
            try {
                deliver(in, packet);
            } finally {
                calls.end(host);
            }
            return;
        }
        // The caller's packet will be reused before its turn comes.
        Packet copy = PacketCopies.copy(packets, packet);
        if (copy == null) {
            discarded(in, packet);
            return;
        }
        calls.deliver(host, () -> {
            try {
                deliver(in, copy);
            } finally {
                packets.release(copy);
            }
        });
    }

    /** There was no memory for a packet, which nobody has looked at. */
    private void discarded(HostInterface in, Packet packet) {
        boolean isIpv6 = packet.headLength() > 0 && (packet.buffer().get(packet.offset()) & 0xf0) == 0x60;
        IpCounter why = IpCounter.inDiscards(!isIpv6);
        host.counters().ip().increment(why);
        DropReports drops = host.dropReports();
        if (drops != null) {
            drops.packetDiscarded(why, in, packet.length());
        }
    }

    private void deliver(HostInterface in, Packet packet) {
        Driver driver = in.driver();
        takeRole(driver);
        try {
            packet.arrivalNs = clock.nanoTime();
            host.receive(in, packet);
            if (!batchOpen) {
                driver.batch().finish();
            }
        } finally {
            driver.giveRoleBack();
        }
    }

    /** As {@link Host#beginBatch}. */
    void beginBatch() {
        batchOpen = true;
    }

    /** As {@link Host#endBatch}. */
    void endBatch() {
        CallQueue calls = CallQueue.ofThread();
        if (calls.isBusy()) {
            calls.deliver(host, this::finishBatches);
            return;
        }
        calls.beginDelivery();
        try {
            finishBatches();
        } finally {
            calls.end(host);
        }
    }

    private void finishBatches() {
        batchOpen = false;
        // Other interfaces may have had packets in the meantime.
        for (HostInterface each : network.interfaces()) {
            Driver driver = each.driver();
            drive(driver, driver.batch()::finish);
        }
    }

    /** As {@link Host#linkReady}. */
    void linkReady(HostInterface on) {
        CallQueue.ofThread()
                .deliver(
                        host,
                        () -> drive(on.driver(), () -> {
                            on.retry();
                            on.driver().batch().finish();
                        }));
    }

    /** As {@link Host#nextDeadline}. */
    long nextDeadline() {
        long earliest = Clock.NEVER;
        for (HostInterface each : network.interfaces()) {
            Driver driver = each.driver();
            if (driver.isRoleMine() || pumped) {
                earliest = Math.min(earliest, driver.nextDeadline());
                continue;
            }
            driver.awaitRole();
            try {
                earliest = Math.min(earliest, driver.nextDeadline());
            } finally {
                driver.giveRoleBack();
            }
        }
        return earliest;
    }

    /** As {@link Host#runTimers}. */
    void runTimers() {
        CallQueue.ofThread().deliver(host, () -> {
            for (HostInterface each : network.interfaces()) {
                drive(each.driver(), () -> {
                    each.retry();
                    each.driver().runTimers();
                    each.driver().batch().finish();
                });
            }
        });
    }

    private void takeRole(Driver driver) {
        if (pumped) {
            throw new IllegalStateException("pumps drive this host");
        }
        driver.awaitRole();
    }

    private void drive(Driver driver, Runnable step) {
        takeRole(driver);
        try {
            step.run();
        } finally {
            driver.giveRoleBack();
        }
    }

    /** Does what is left at the end of a call. */
    void settle() {
        for (HostInterface each : network.interfaces()) {
            settle(each.driver());
        }
    }

    private void settle(Driver driver) {
        // Whoever has the role looks again when it has given it back: a request that came meanwhile found it taken.
        while (driver.hasRequests() && driver.takeRole()) {
            try {
                driver.takeRequests();
                if (!batchOpen) {
                    driver.batch().finish();
                }
            } finally {
                driver.giveRoleBack();
            }
        }
    }
}
