package dev.heddle.core.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint is ready for: a word that anybody may read at any time without a lock, and callbacks that say only
 * "look again". A callback runs on whatever thread caused the change, with no lock held; it may come spuriously, several
 * changes may share one call, and it must not block.
 *
 * <p>To wait: subscribe, read the word, and only then park.
 */
public final class Readiness implements Wakeable {

    public static final int READABLE = 1;
    public static final int WRITABLE = 1 << 1;
    /** A listener has a connection to accept. */
    public static final int ACCEPTABLE = 1 << 2;
    /** The handshake is done. */
    public static final int CONNECTED = 1 << 3;
    /** Everything that the peer sent has been read. */
    public static final int END_OF_STREAM = 1 << 4;
    /** The connection has failed; {@link TcpEndpoint#failure()} says why. */
    public static final int FAILED = 1 << 5;
    /** The handle was closed. */
    public static final int CLOSED = 1 << 6;
    /** Nothing that was written is unacknowledged any more, the FIN included, or the connection is over: a lingering close may end. */
    public static final int FINISHED = 1 << 7;

    /**
     * Urgent data is announced and not read to its end; callbacks come also when it reaches further. {@link
     * TcpEndpoint#urgentBytes()} says how much it is.
     */
    public static final int URGENT = 1 << 8;

    /**
     * Something troubles the connection without ending it (RFC 9293 3.9.1.8); callbacks come with every report. {@link
     * TcpEndpoint#softFailure()} says what; of a UDP endpoint {@link UdpEndpoint#takeFailure()}.
     */
    public static final int SOFT_ERROR = 1 << 9;

    private static final Runnable[] NONE = {};
    private static final VarHandle SUBSCRIBERS;

    static {
        try {
            SUBSCRIBERS = MethodHandles.lookup().findVarHandle(Readiness.class, "subscribers", Runnable[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Written under the lock of the endpoint or listener that this belongs to. */
    private volatile int bits;

    /** Never changed in place; any thread, atomically. */
    private volatile Runnable[] subscribers = NONE;

    Readiness() {}

    /** The word of this moment. */
    public int bits() {
        return bits;
    }

    /** Whether any of the given bits is set. */
    public boolean isAny(int mask) {
        return (bits & mask) != 0;
    }

    /** Has the callback run whenever a bit is set. Several subscriptions of one callback count separately. */
    public void subscribe(Runnable lookAgain) {
        Runnable[] before;
        Runnable[] after;
        do {
            before = subscribers;
            after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = lookAgain;
        } while (!SUBSCRIBERS.compareAndSet(this, before, after));
    }

    /** Ends one subscription; a call that is under way may still come. */
    public void unsubscribe(Runnable lookAgain) {
        Runnable[] before;
        Runnable[] after;
        do {
            before = subscribers;
            int at = indexOf(before, lookAgain);
            if (at < 0) {
                return;
            }
            after = before.length == 1 ? NONE : new Runnable[before.length - 1];
            System.arraycopy(before, 0, after, 0, at);
            System.arraycopy(before, at + 1, after, at, after.length - at);
        } while (!SUBSCRIBERS.compareAndSet(this, before, after));
    }

    /** Sets the word, under the owner's lock; returns whether a bit was set that was not, so that {@link #fire} is due. */
    boolean publish(int newBits) {
        int old = bits;
        if (old != newBits) {
            bits = newBits;
        }
        return (newBits & ~old) != 0;
    }

    /** Runs the callbacks; with no lock held. A callback that throws is reported and does no harm to the others. */
    @Override
    public void fire() {
        for (Runnable subscriber : subscribers) {
            Callback.run(subscriber);
        }
    }

    private static int indexOf(Runnable[] all, @Nullable Runnable one) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] == one) {
                return i;
            }
        }
        return -1;
    }
}
