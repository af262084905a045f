package dev.heddle.core.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What an observer is to be told, kept until no lock is held. Any thread adds and any thread tells; where there is nothing to
 * tell this is one field.
 */
class Reports implements Wakeable {

    /** A host under attack has more to tell than anybody wants to hear. */
    private static final int MOST = 1_024;

    /** How often one thread looks again before it leaves the rest to others. */
    private static final int ROUNDS = 4;

    private static final VarHandle LATEST;
    private static final VarHandle TELLING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            LATEST = lookup.findVarHandle(Reports.class, "latest", Report.class);
            TELLING = lookup.findVarHandle(Reports.class, "telling", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Report latest;

    /** Whether a thread tells; any thread, atomically. */
    @SuppressWarnings("unused") // through TELLING
    private volatile boolean telling;

    /** Keeps a report, unless there are too many already. */
    final void add(Runnable call) {
        Report before;
        Report report;
        do {
            before = latest;
            if (before != null && before.number >= MOST) {
                return;
            }
            report = new Report(call, before);
        } while (!LATEST.compareAndSet(this, before, report));
    }

    /** Keeps a report that must not be missing. */
    final void addAlways(Runnable call) {
        Report before;
        Report report;
        do {
            before = latest;
            report = new Report(call, before);
        } while (!LATEST.compareAndSet(this, before, report));
    }

    final boolean isDue() {
        return latest != null;
    }

    /**
     * One thread at a time tells, so that what befell is told in its order, and an observer is not called within its own call,
     * whatever that causes. The others do not wait.
     */
    @Override
    public void fire() {
        // Whoever tells looks again when he has told: who came meanwhile has left it to him.
        for (int round = 0; isDue() && TELLING.compareAndSet(this, false, true); round++) {
            try {
                tellAll();
            } finally {
                telling = false;
            }
            if (round == ROUNDS) {
                leaveRest();
                return;
            }
        }
    }

    /** This thread has told enough. If there is more, the end of the next batch or call tells it, or who is asked here. */
    void leaveRest() {}

    /** Tells what there is now. */
    private void tellAll() {
        Report last = (Report) LATEST.getAndSet(this, null);
        Report first = null;
        while (last != null) {
            Report before = last.next;
            last.next = first;
            first = last;
            last = before;
        }
        for (Report report = first; report != null; report = report.next) {
            Callback.run(report.call);
        }
    }

    /** Whether an observer listens; may be asked with locks held. One that cannot say so does not. */
    static boolean isListening(HostObserver observer) {
        try {
            return observer.isListening();
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    private static final class Report {

        final Runnable call;
        final int number;

        /** The one before it; when they are told, the one after it. */
        @Nullable Report next;

        Report(Runnable call, @Nullable Report before) {
            this.call = call;
            next = before;
            number = before == null ? 1 : before.number + 1;
        }
    }
}
