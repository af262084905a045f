package dev.heddle.tun;

import dev.heddle.core.time.Clock;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits for a device's descriptor, a time, or a call of {@link #signal}. The signal costs a system call only when somebody
 * waits, and none is lost: {@link #state} remembers one that comes before the wait, the eventfd one that comes during it.
 */
final class LinkWait implements AutoCloseable {

    private static final int IDLE = 0;
    private static final int WAITING = 1;
    private static final int SIGNALLED = 2;

    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int TIMESPEC = 2 * POLLFD_BYTES;
    private static final int DRAIN = TIMESPEC + 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final AtomicInteger state = new AtomicInteger(IDLE);
    private final int eventFd;

    /** The two pollfds, the timespec and what is read from the eventfd; belongs to the waiting thread. */
    private final NativeMemory area = new NativeMemory(DRAIN + Long.BYTES);

    /** The number one, which signals add to the eventfd; never changed. */
    private final NativeMemory one = new NativeMemory(Long.BYTES);

    LinkWait(int deviceFd) {
        eventFd = LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC);
        if (eventFd < 0) {
            throw LibC.failure("cannot make an eventfd", LibC.errno());
        }
        one.bytes().putLong(0, 1);
        area.bytes().putInt(0, deviceFd);
        area.bytes().putInt(POLLFD_BYTES, eventFd).putShort(POLLFD_BYTES + EVENTS, LibC.POLLIN);
    }

    /**
     * Waits; one thread at a time. May return early.
     *
     * @param timeoutNs how long at most; {@link Clock#NEVER} is without limit
     * @param forOutput whether to wait for room to write, too
     * @return the device's {@code revents}; 0 if it was something else
     */
    int await(long timeoutNs, boolean forOutput) {
        if (timeoutNs <= 0 || !state.compareAndSet(IDLE, WAITING)) {
            state.set(IDLE);
            return 0;
        }
        try {
            return poll(timeoutNs, forOutput);
        } finally {
            Reference.reachabilityFence(area);
        }
    }

    private int poll(long timeoutNs, boolean forOutput) {
        ByteBuffer b = area.bytes();
        b.putShort(EVENTS, forOutput ? (short) (LibC.POLLIN | LibC.POLLOUT) : LibC.POLLIN);
        long timespec = 0;
        if (timeoutNs != Clock.NEVER) {
            b.putLong(TIMESPEC, timeoutNs / NANOS_PER_SECOND);
            b.putLong(TIMESPEC + 8, timeoutNs % NANOS_PER_SECOND);
            timespec = area.address() + TIMESPEC;
        }
        int ready = LibC.ppoll(area.address(), 2, timespec, 0);
        state.set(IDLE);
        if (ready <= 0) {
            return 0; // the time is over, or a signal handler ran
        }
        if (b.getShort(POLLFD_BYTES + REVENTS) != 0) {
            // A signal that is still on its way to the eventfd ends the next wait early, which is allowed.
            LibC.read(eventFd, area.address() + DRAIN, Long.BYTES);
        }
        return b.getShort(REVENTS);
    }

    /** Makes the current or next {@link #await} return at once. */
    void signal() {
        if (state.get() != SIGNALLED && state.getAndSet(SIGNALLED) == WAITING) {
            try {
                LibC.write(eventFd, one.address(), Long.BYTES);
            } finally {
                Reference.reachabilityFence(one);
            }
        }
    }

    @Override
    public void close() {
        LibC.close(eventFd);
    }
}
