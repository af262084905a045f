package dev.heddle.core.host;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one interface of a host from its link: reads packets and delivers them, answers them once a batch, wakes readers,
 * runs timers, and waits in the link for more. The role belongs to a platform daemon thread, since waiting in a link blocks
 * its thread.
 *
 * <p>When the link fails, connections that no other route serves fail with "network down"; timers run on until {@link #close}. The link belongs to
 * who opened it: close the host, then the pump, then the link.
 */
public final class LinkPump implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LinkPump.class);

    /** The most packets of one batch. */
    private static final int BATCH_PACKETS = 64;

    /** How long timers wait for a link that is not dry: the ACK that stops one may be among what is still to be read. */
    private static final int BATCHES_BEFORE_TIMERS = 16;

    private final Host host;
    private final HostInterface attached;
    private final Link link;
    private final Clock clock;
    private final Driver driver;
    private final Thread thread;

    /** Every packet is read into this one: turning several over costs cache. Belongs to the role. */
    private final Packet packet;

    /** Whether the link works; belongs to the role. */
    private boolean linkUp = true;

    /** Batches in a row after which the link was not dry; belongs to the role. */
    private int fullBatches;

    /** Whether it was started, or closed without that. */
    private final AtomicBoolean begun = new AtomicBoolean();

    private volatile boolean closing;

    /** Whether {@link #wake} was called since the pump last waited without a link; any thread. */
    private final AtomicBoolean woken = new AtomicBoolean();

    /**
     * Makes a pump that is not running yet; from now on the host is no longer driven by hand.
     *
     * @param clock the host's
     * @throws IllegalStateException if the memory limit leaves no room for the packet to read into
     */
    public LinkPump(Host host, HostInterface attached, Link link, Clock clock) {
        this.host = host;
        this.attached = attached;
        this.link = link;
        this.clock = clock;
        this.driver = attached.driver();
        Packet large = host.packets().large();
        if (large == null) {
            throw new IllegalStateException("no memory to read packets into");
        }
        packet = large;
        thread = Thread.ofPlatform().daemon().name("heddle-" + attached.name()).unstarted(this::run);
        host.pumped();
        driver.wakeup(this::wake);
    }

    /**
     * Starts the thread.
     *
     * @throws IllegalStateException if it was started or closed already
     */
    public void start() {
        if (!begun.compareAndSet(false, true)) {
            throw new IllegalStateException("started or closed already");
        }
        thread.start();
    }

    /** Stops the pump and waits until it has stopped, unless the pump's own thread calls. Idempotent; any thread. */
    @Override
    public void close() {
        if (begun.compareAndSet(false, true)) {
            host.packets().release(packet);
            return;
        }
        closing = true;
        wake();
        boolean interrupted = false;
        while (thread != Thread.currentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        woken.set(true);
        link.wakeup();
        LockSupport.unpark(thread);
    }

    private void run() {
        LOG.debug("{} started on {}", thread.getName(), link.name());
        while (!driver.takeRole()) {
            LockSupport.park(this);
        }
        try {
            while (!closing) {
                runOnce();
            }
        } finally {
            driver.giveRoleBack();
            host.packets().release(packet);
            LOG.debug("{} stopped", thread.getName());
        }
    }

    private void runOnce() {
        try {
            if (!step()) {
                driver.sleep(linkUp ? link.nextDeadline() : Clock.NEVER, this::await);
            }
        } catch (LinkDownException e) {
            linkFailed(e);
        } catch (RuntimeException e) {
            // One packet's or timer's misfortune, and it is consumed: the other connections go on.
            LOG.error("{}: unexpected exception", thread.getName(), e);
        } catch (Error e) {
            // The JVM cannot go on as usual, out of memory for example. Nobody may hang for want of a pump.
            LOG.error("{}: gives its link up", thread.getName(), e);
            linkUp = false;
            host.linkDown(attached);
        }
    }

    /**
     * One step of the role; its holder calls.
     *
     * @return whether there is more to do at once
     * @throws LinkDownException if the link has failed
     */
    private boolean step() {
        attached.retry();
        int packets = linkUp ? readBatch() : 0;
        driver.takeRequests();
        driver.batch().finish();
        fullBatches = packets == BATCH_PACKETS ? fullBatches + 1 : 0;
        if (fullBatches % BATCHES_BEFORE_TIMERS == 0) {
            driver.runTimers();
            driver.batch().finish();
        }
        return packets == BATCH_PACKETS || driver.hasRequests() || driver.isRetryDue();
    }

    private int readBatch() {
        int packets = 0;
        while (packets < BATCH_PACKETS && link.receive(packet)) {
            packet.arrivalNs = clock.nanoTime();
            host.receive(attached, packet);
            packets++;
        }
        return packets;
    }

    private void await(long untilNs) {
        if (linkUp) {
            link.awaitWork(untilNs);
        } else {
            awaitWithoutLink(untilNs);
        }
    }

    /**
     * Waits for {@link #wake} or the time. The permit of an unpark alone does not do: a lock that was contended since may have
     * used it up.
     */
    private void awaitWithoutLink(long untilNs) {
        while (!woken.getAndSet(false)) {
            if (untilNs == Clock.NEVER) {
                LockSupport.park(this);
            } else {
                long leftNs = untilNs - clock.nanoTime();
                if (leftNs <= 0) {
                    return;
                }
                LockSupport.parkNanos(this, leftNs);
            }
        }
    }

    private void linkFailed(LinkDownException cause) {
        if (closing || host.isClosed()) {
            linkUp = false;
            return;
        }
        LOG.warn("{}: {}", link.name(), message(cause));
        linkUp = false;
        host.linkDown(attached);
    }

    private static String message(LinkDownException cause) {
        @Nullable String message = cause.getMessage();
        return message == null ? "link down" : message;
    }
}
