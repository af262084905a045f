package dev.heddle.core.host;

import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.tcp.UnreadData;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is to its user: a TCB, and after it what was not read and why it ended. Guarded by the connection's
 * gate.
 */
final class ConnectionState {

    /** Null when the connection is over and no longer in the table. */
    private @Nullable Tcb tcb;

    /** What was not read when the connection ended; null before, or if nothing ever arrived. */
    private @Nullable UnreadData unread;

    private TcpState lastState = TcpState.CLOSED;
    private ConnectionOptions lastOptions;
    private @Nullable TcpInfo lastInfo;
    private Failure failure = Failure.NONE;
    private boolean wasConnected;
    private boolean inputShut;
    private boolean outputShut;
    private boolean handleClosed;

    /** Whether the last write found room in the buffer but no memory. */
    private boolean starved;

    /** Whether it found none although the buffer was empty: not even the memory that is guaranteed. */
    private boolean starvedWhenEmpty;

    ConnectionState(Tcb tcb) {
        this.tcb = tcb;
        lastOptions = tcb.options();
    }

    /** The TCB; null when the connection is over. */
    @Nullable Tcb tcb() {
        return tcb;
    }

    /** Takes a look at the TCB after it was flushed. */
    void note(Tcb t) {
        wasConnected |= t.state().isSynchronized();
        if (starved && !starvedWhenEmpty && isSendBufferEmpty(t)) {
            // The buffer's first chunk is guaranteed, whoever holds the rest of the memory.
            starved = false;
        }
    }

    private static boolean isSendBufferEmpty(Tcb t) {
        return t.unsentBytes() == 0 && t.unacknowledgedBytes() == 0;
    }

    private void noteWritten(Tcb t, int written, boolean wanted) {
        starved = written == 0 && wanted && t.writableBytes() > 0;
        starvedWhenEmpty = starved && isSendBufferEmpty(t);
    }

    /** Lets go of the TCB, and of what was not read if nobody will read it. */
    void end(Tcb t, boolean mayBeRead, long nowNs) {
        lastState = t.state();
        wasConnected |= lastState == TcpState.TIME_WAIT;
        lastOptions = t.options();
        if (failure == Failure.NONE) {
            failure = t.failure();
        }
        if (mayBeRead && !handleClosed) {
            lastInfo = t.info(nowNs);
            unread = t.detachUnread();
            if (!hasUnread()) {
                dropUnread();
            }
        }
        t.release();
        tcb = null;
    }

    /** Whether bytes outlive the TCB. */
    boolean hasUnread() {
        UnreadData rest = unread;
        return rest != null && !rest.isEmpty();
    }

    void dropUnread() {
        UnreadData rest = unread;
        if (rest != null) {
            rest.release();
        }
    }

    int read(byte[] target, int offset, int length) {
        Tcb t = tcb;
        UnreadData rest = unread;
        int n = t != null ? t.read(target, offset, length) : rest != null ? rest.read(target, offset, length) : 0;
        return n > 0 || length == 0 ? n : endOfReading();
    }

    int read(ByteBuffer target) {
        Tcb t = tcb;
        UnreadData rest = unread;
        boolean nothingAsked = !target.hasRemaining();
        int n = t != null ? t.read(target) : rest != null ? rest.read(target) : 0;
        return n > 0 || nothingAsked ? n : endOfReading();
    }

    int peek(byte[] target, int offset, int length) {
        Tcb t = tcb;
        UnreadData rest = unread;
        int n = t != null ? t.peek(target, offset, length) : rest != null ? rest.peek(target, offset, length) : 0;
        return n > 0 || length == 0 ? n : endOfReading();
    }

    int available() {
        Tcb t = tcb;
        UnreadData rest = unread;
        return t != null ? t.available() : rest != null ? rest.available() : 0;
    }

    /** What a read without bytes returns. */
    private int endOfReading() {
        Tcb t = tcb;
        if (handleClosed) {
            return TcpEndpoint.FAILED;
        }
        if (inputShut) {
            return TcpEndpoint.END_OF_STREAM;
        }
        if (t != null) {
            return t.endOfStream() ? TcpEndpoint.END_OF_STREAM : 0;
        }
        return hadEndOfStream() ? TcpEndpoint.END_OF_STREAM : TcpEndpoint.FAILED;
    }

    /** Whether the stream had its end before the connection had. */
    boolean hadEndOfStream() {
        UnreadData rest = unread;
        return rest != null && rest.isComplete();
    }

    int write(byte[] source, int offset, int length, boolean more) {
        Tcb t = tcb;
        if (t == null || handleClosed || outputShut) {
            return TcpEndpoint.FAILED;
        }
        int n = t.write(source, offset, length, more);
        noteWritten(t, n, length > 0);
        return n;
    }

    int write(ByteBuffer source) {
        Tcb t = tcb;
        if (t == null || handleClosed || outputShut) {
            return TcpEndpoint.FAILED;
        }
        boolean wanted = source.hasRemaining();
        int n = t.write(source);
        noteWritten(t, n, wanted);
        return n;
    }

    int writeUrgent(byte[] source, int offset, int length) {
        Tcb t = tcb;
        if (t == null || handleClosed || outputShut) {
            return TcpEndpoint.FAILED;
        }
        int n = t.writeUrgent(source, offset, length);
        noteWritten(t, n, length > 0);
        return n;
    }

    long urgentBytes() {
        Tcb t = tcb;
        UnreadData rest = unread;
        return handleClosed || inputShut ? 0 : t != null ? t.urgentBytes() : rest != null ? rest.urgentBytes() : 0;
    }

    int takeOutOfBand() {
        Tcb t = tcb;
        UnreadData rest = unread;
        return handleClosed || inputShut
                ? -1
                : t != null ? t.takeOutOfBand() : rest != null ? rest.takeOutOfBand() : -1;
    }

    /** Whether waiters must look again although the readiness word may be the same: there is more of what it says. */
    boolean takeNews() {
        Tcb t = tcb;
        return t != null && (t.takeUrgentNews() | t.takeSoftErrorNews());
    }

    Failure softFailure() {
        Tcb t = tcb;
        return t == null ? Failure.NONE : t.softFailure();
    }

    /** Whether a writer, or the peer's, is held up by nothing but memory. */
    boolean isAwaitingMemory() {
        Tcb t = tcb;
        return t != null && (starved || t.isWindowHeldBack());
    }

    /** There is some memory again, perhaps for this connection. */
    void memoryAvailable() {
        Tcb t = tcb;
        if (t != null) {
            starved &= !t.isMemoryAvailable();
            t.memoryAvailable();
        }
    }

    boolean holdsDataAhead() {
        Tcb t = tcb;
        return t != null && t.holdsDataAhead();
    }

    void letGoOfDataAhead() {
        Tcb t = tcb;
        if (t != null) {
            t.letGoOfDataAhead();
        }
    }

    void shutdownInput() {
        inputShut = true;
        Tcb t = tcb;
        if (t != null) {
            t.shutdownInput();
        }
    }

    void shutdownOutput() {
        outputShut = true;
        Tcb t = tcb;
        if (t != null) {
            t.shutdownOutput();
        }
    }

    /** Ends the application's use: gracefully, or at once by a reset. */
    void close(boolean abort, long nowNs) {
        Tcb t = tcb;
        if (t != null && abort) {
            t.abort();
        } else if (t != null && !handleClosed) {
            t.close(nowNs);
        }
        dropUnread();
        handleClosed = true;
    }

    /** Resets the connection for a reason of its host. */
    void abort(Failure why, long nowNs) {
        Tcb t = tcb;
        if (t != null) {
            failure = why;
            t.abort();
        }
        dropUnread();
    }

    Failure failure() {
        Tcb t = tcb;
        return t == null || failure != Failure.NONE ? failure : t.failure();
    }

    TcpState state() {
        Tcb t = tcb;
        return t != null ? t.state() : lastState;
    }

    /** The connection as it is, or as it was at its end; null if it ended after its handle was closed. */
    @Nullable TcpInfo info(long nowNs) {
        Tcb t = tcb;
        return t != null ? t.info(nowNs) : lastInfo;
    }

    int sendBufferBytes() {
        Tcb t = tcb;
        return t != null ? t.sendBufferBytes() : lastOptions.sendBufferBytes();
    }

    int receiveBufferBytes() {
        Tcb t = tcb;
        return t != null ? t.receiveBufferBytes() : lastOptions.receiveBufferBytes();
    }

    ConnectionOptions options() {
        Tcb t = tcb;
        return t != null ? t.options() : lastOptions;
    }

    void options(ConnectionOptions changed) {
        lastOptions = changed;
        Tcb t = tcb;
        UnreadData rest = unread;
        if (t != null) {
            t.options(changed);
        } else if (rest != null) {
            rest.inline(changed.oobInline());
        }
    }

    /**
     * The readiness word.
     *
     * @param wasWritable whether the last one said {@link Readiness#WRITABLE}
     */
    int readyBits(boolean wasWritable) {
        if (handleClosed) {
            return Readiness.CLOSED | (isFinished() ? Readiness.FINISHED : 0);
        }
        int bits = wasConnected ? Readiness.CONNECTED : 0;
        bits |= isFinished() ? Readiness.FINISHED : 0;
        if (available() > 0) {
            bits |= Readiness.READABLE;
        } else if (endOfReading() == TcpEndpoint.END_OF_STREAM) {
            bits |= Readiness.END_OF_STREAM;
        }
        if (urgentBytes() > 0) {
            bits |= Readiness.URGENT;
        }
        bits |= softFailure() != Failure.NONE ? Readiness.SOFT_ERROR : 0;
        Tcb t = tcb;
        if (t == null && failure != Failure.NONE) {
            bits |= Readiness.FAILED;
        }
        return t != null && isWritable(t, wasWritable) ? bits | Readiness.WRITABLE : bits;
    }

    /** What was full becomes writable when a third is free, so that a writer is not woken for each ACK. */
    private boolean isWritable(Tcb t, boolean wasWritable) {
        if (outputShut || starved || !t.state().maySend()) {
            return false;
        }
        return t.isWritable() || wasWritable && t.writableBytes() > 0;
    }

    private boolean isFinished() {
        Tcb t = tcb;
        return t == null || t.state() == TcpState.FIN_WAIT_2 || t.state() == TcpState.TIME_WAIT;
    }
}
