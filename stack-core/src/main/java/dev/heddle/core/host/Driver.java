package dev.heddle.core.host;

import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.time.Clock;
import dev.heddle.core.time.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to the pump role of one interface: the timer wheel of the connections that are at home there, the batch
 * under way, the connections that wait for room in the link, and the list through which other threads hand over requests.
 * Whoever holds the role, a {@link LinkPump}'s thread or the one that drives the host by hand, runs it.
 */
final class Driver {

    /** What {@link #sleepUntilNs} is while the role's holder is awake: earlier than every deadline. */
    private static final long AWAKE = Long.MIN_VALUE;

    /** How many requests one look handles. */
    private static final int REQUESTS_PER_LOOK = 1024;

    private final Clock clock;

    /** The thread that holds the role. */
    private final AtomicReference<@Nullable Thread> holder = new AtomicReference<>();

    /** Requests handed over, the last first; any thread, atomically. */
    private final AtomicReference<@Nullable HomeTimer> requests = new AtomicReference<>();

    /** Until when the role's holder sleeps; written by it, read by those who hand over. */
    private volatile long sleepUntilNs = AWAKE;

    /** Ends the sleep of the role's holder; null as long as nobody sleeps here. */
    private volatile @Nullable Runnable wakeup;

    /* The rest belongs to the role. */
    private final TimerWheel wheel = new TimerWheel();
    private final Batch batch;
    private List<HomeTimer> blocked = new ArrayList<>();
    private List<HomeTimer> retried = new ArrayList<>();
    private @Nullable HomeTimer taken;
    private boolean retryDue;

    Driver(Clock clock) {
        this(clock, null);
    }

    /** @param drops what to tell of dropped packets at the end of each batch; null if nobody observes */
    Driver(Clock clock, @Nullable DropReports drops) {
        this.clock = clock;
        batch = new Batch(drops);
    }

    /** Takes the role; false if another thread has it. */
    boolean takeRole() {
        return holder.compareAndSet(null, Thread.currentThread());
    }

    /**
     * Takes the role of a host that is driven by hand, waiting until an application's thread that does what its call has
     * left has given it back. Nobody waits for one role while holding another.
     *
     * @throws IllegalStateException if the thread has it already
     */
    void awaitRole() {
        while (!takeRole()) {
            if (isRoleMine()) {
                throw new IllegalStateException("this thread is driving the interface already");
            }
            Thread.yield();
        }
    }

    void giveRoleBack() {
        holder.set(null);
    }

    boolean isRoleMine() {
        return holder.get() == Thread.currentThread();
    }

    void wakeup(Runnable action) {
        wakeup = action;
    }

    /** The batch under way; on the role. */
    Batch batch() {
        return batch;
    }

    /** Adds to the list of requests; any thread. */
    void push(HomeTimer timer) {
        HomeTimer before;
        do {
            before = requests.get();
            timer.nextRequest = before;
        } while (!requests.compareAndSet(before, timer));
    }

    /** Wakes the role's holder if it would sleep beyond the given time; any thread, after {@link #push}. */
    void wakeFor(long deadlineNs) {
        if (deadlineNs < sleepUntilNs) {
            wake();
        }
    }

    void wake() {
        Runnable action = wakeup;
        if (action != null) {
            action.run();
        }
    }

    boolean hasRequests() {
        return taken != null || requests.get() != null;
    }

    /** Does what other threads have asked for, a bounded part of it; on the role. */
    void takeRequests() {
        for (int i = 0; i < REQUESTS_PER_LOOK; i++) {
            HomeTimer timer = nextRequest();
            if (timer == null) {
                return;
            }
            int bits = timer.takeRequests();
            if ((bits & HomeTimer.EARLIER) != 0) {
                timer.place(wheel);
            }
            if ((bits & (HomeTimer.BLOCKED | HomeTimer.BLOCKED_ELSEWHERE)) != 0 && !timer.isBlocked) {
                timer.isBlocked = true;
                blocked.add(timer);
            }
            retryDue |= (bits & HomeTimer.BLOCKED_ELSEWHERE) != 0;
            if ((bits & HomeTimer.VISIT) != 0) {
                timer.visit(batch);
            }
        }
    }

    /** Flushes those that the link had refused; who is refused again is here again. On the role. */
    void retryBlocked() {
        retryDue = false;
        if (blocked.isEmpty()) {
            return;
        }
        List<HomeTimer> all = blocked;
        blocked = retried;
        retried = all;
        for (int i = 0; i < all.size(); i++) {
            all.get(i).isBlocked = false;
            all.get(i).visit(batch);
        }
        all.clear();
    }

    /**
     * Whether somebody was refused by the link on another thread and has joined those that wait since the last retry. Room
     * may have come in between, and the link said so to a pump that knew of nobody: it must try once before it sleeps. Who
     * is refused on the pump's own thread is known before the pump waits for room.
     */
    boolean isRetryDue() {
        return retryDue;
    }

    /** Runs the timers that are due; on the role. */
    void runTimers() {
        long nowNs = clock.nanoTime();
        for (TimerWheel.Node node = wheel.poll(nowNs); node != null; node = wheel.poll(nowNs)) {
            HomeTimer timer = (HomeTimer) node;
            timer.unplaced();
            // A deadline that has moved later was left in place.
            if (timer.wantedNs() <= nowNs) {
                timer.expired(nowNs, batch);
            } else {
                timer.place(wheel);
            }
        }
    }

    /** The earliest deadline; on the role. It may be that of a timer which has moved later since. */
    long nextDeadline() {
        return wheel.nextDeadline();
    }

    /**
     * Announces that the role's holder is about to sleep.
     *
     * @param untilNs the link's own deadline
     * @return until when to sleep; a time that has passed if there is something to do
     */
    long prepareToSleep(long untilNs) {
        long until = Math.min(untilNs, wheel.nextDeadline());
        sleepUntilNs = until;
        // Whoever hands over after this look finds sleepUntilNs set and wakes.
        return hasRequests() ? AWAKE : until;
    }

    void awake() {
        sleepUntilNs = AWAKE;
    }

    /** Waits in the link, or does nothing if there is something to do. */
    void sleep(long linkDeadlineNs, Waiting waiting) {
        long until = prepareToSleep(linkDeadlineNs);
        try {
            if (until != AWAKE && until > clock.nanoTime()) {
                waiting.until(until);
            }
        } finally {
            awake();
        }
    }

    /** How the role's holder waits. */
    @FunctionalInterface
    interface Waiting {
        /**
         * Waits until the time is reached or there is something to do.
         *
         * @throws LinkDownException if what is waited in is gone
         */
        void until(long deadlineNs);
    }

    private @Nullable HomeTimer nextRequest() {
        if (taken == null) {
            HomeTimer timer = requests.getAndSet(null);
            while (timer != null) {
                HomeTimer earlier = timer.nextRequest;
                timer.nextRequest = taken;
                taken = timer;
                timer = earlier;
            }
        }
        HomeTimer first = taken;
        if (first != null) {
            // Once its requests are taken it may be pushed again, so it leaves this list before.
            taken = first.nextRequest;
            first.nextRequest = null;
        }
        return first;
    }
}
