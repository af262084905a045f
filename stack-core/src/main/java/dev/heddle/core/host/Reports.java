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

    private static final VarHandle LATEST;

    static {
        try {
            LATEST = MethodHandles.lookup().findVarHandle(Reports.class, "latest", Report.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Report latest;

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

    @Override
    public void fire() {
        if (isDue()) {
            tellAll();
        }
    }

    /** Tells what there is now. */
    final void tellAll() {
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
