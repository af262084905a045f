package dev.heddle.core.host;

/** Runs what others have asked to be called, so that their mistakes do no harm here. */
final class Callback {

    private Callback() {}

    /** Runs it, with no lock held. Whatever it throws is reported as uncaught: a pump that it ended would be everybody's. */
    static void run(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private static void report(Throwable e) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        } catch (Throwable ofHandler) {
            // As the JVM does where a thread ends.
        }
    }
}
