package dev.heddle.core.host;

import dev.heddle.core.time.Clock;
import dev.heddle.core.time.TimerWheel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The place of a connection, or of another thing with a deadline, with its home {@link Driver}: the one node in the
 * driver's wheel, and the requests that other threads hand over through the driver's lock-free list.
 *
 * <p>The owner publishes one deadline. One that moves later is left where it is and looked at when it fires; an earlier
 * one is handed over. The owner writes what it wants and then reads what the wheel has; the driver writes what the wheel
 * has and then reads what is wanted: one of them sees the other.
 */
abstract class HomeTimer extends TimerWheel.Node {

    /** The deadline is earlier than the wheel knows, or there is none any more. */
    static final int EARLIER = 1;

    /** There is more to do than one visit could. */
    static final int VISIT = 1 << 1;

    /** The link refused a segment: flush when it has room. Asked for by the holder of the home's role. */
    static final int BLOCKED = 1 << 2;

    /** The same, asked for by another thread: room may have come before the pump knew who waits for it. */
    static final int BLOCKED_ELSEWHERE = 1 << 3;

    private static final VarHandle REQUESTS;

    static {
        try {
            REQUESTS = MethodHandles.lookup().findVarHandle(HomeTimer.class, "requests", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Driver home;

    /** What the owner wants; written under the owner's lock. */
    private volatile long wantedNs = Clock.NEVER;

    /** What the wheel has; written by the holder of the home's role. */
    private volatile long placedNs = Clock.NEVER;

    /** What is asked of the home; not 0 exactly while this is in the home's list. Any thread, atomically. */
    @SuppressWarnings("unused") // through REQUESTS
    private volatile int requests;

    /** The next in the home's list, which owns it. */
    @Nullable HomeTimer nextRequest;

    /** Whether this is among those that wait for room in the link; the home's. */
    boolean isBlocked;

    HomeTimer(Driver home) {
        this.home = home;
    }

    /** The deadline has passed, or a visit was asked for; runs on the home's role with no lock held. */
    abstract void expired(long nowNs, Batch batch);

    /** Does what is left, which is nothing for what has only a deadline; runs on the home's role with no lock held. */
    void visit(Batch batch) {}

    final Driver home() {
        return home;
    }

    /** Sets the deadline, {@link Clock#NEVER} for none; under the owner's lock. */
    final void arm(long deadlineNs) {
        if (deadlineNs != wantedNs) {
            wantedNs = deadlineNs;
        }
        if (deadlineNs < placedNs) {
            request(EARLIER);
        }
    }

    /**
     * Lets the deadline go; under the owner's lock. The home takes this out of the wheel when it is awake next, so that what
     * has ended is not kept until a deadline that may be hours away.
     */
    final void cancel() {
        wantedNs = Clock.NEVER;
        if (placedNs != Clock.NEVER && (int) REQUESTS.getAndBitwiseOr(this, EARLIER) == 0) {
            home.push(this);
        }
    }

    final long wantedNs() {
        return wantedNs;
    }

    /** Hands a request to the home; any thread. */
    final void request(int bits) {
        if ((int) REQUESTS.getAndBitwiseOr(this, bits) == 0) {
            home.push(this);
        }
        home.wakeFor(bits == EARLIER ? wantedNs : 0);
    }

    /** Asks to be flushed when the link has room again; any thread, after the link has refused a segment. */
    final void blocked() {
        request(home.isRoleMine() ? BLOCKED : BLOCKED_ELSEWHERE);
    }

    /** Takes the requests, after this was taken out of the home's list. */
    final int takeRequests() {
        return (int) REQUESTS.getAndSet(this, 0);
    }

    /** Puts this into the wheel as it is wanted; on the home's role. */
    final void place(TimerWheel wheel) {
        long wanted;
        do {
            wanted = wantedNs;
            placedNs = wanted;
            if (wanted == Clock.NEVER) {
                wheel.cancel(this);
            } else if (!isScheduled() || deadlineNs() != wanted) {
                wheel.schedule(this, Math.max(0, wanted));
            }
        } while (wantedNs < wanted);
    }

    /** Notes that the wheel no longer has this; on the home's role. */
    final void unplaced() {
        placedNs = Clock.NEVER;
    }
}
