package dev.heddle.core.host;

import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the application does with a connection, and asks of it: its calls wait for the gate, and what they make due is done as it
 * is left. Any thread.
 */
final class ConnectionCalls {

    private final Host host;
    private final TcpConnection connection;
    private final EndpointGate gate;

    /** Guarded by the gate. */
    private final ConnectionState state;

    ConnectionCalls(Host host, TcpConnection connection, EndpointGate gate, ConnectionState state) {
        this.host = host;
        this.connection = connection;
        this.gate = gate;
        this.state = state;
    }

    /** Sends what the opening has queued, the SYN of an active one. */
    void start() {
        gate.enter();
        gate.leave();
    }

    int read(byte[] target, int offset, int length) {
        gate.enter();
        try {
            int n = state.read(target, offset, length);
            noteRead();
            return n;
        } finally {
            gate.leave();
        }
    }

    int read(ByteBuffer target) {
        gate.enter();
        try {
            int n = state.read(target);
            noteRead();
            return n;
        } finally {
            gate.leave();
        }
    }

    private void noteRead() {
        if (state.tcb() == null && !state.hasUnread()) {
            host.leftovers().remove(connection);
        }
    }

    int peek(byte[] target, int offset, int length) {
        gate.enter();
        try {
            return state.peek(target, offset, length);
        } finally {
            gate.leaveUnchanged();
        }
    }

    int available() {
        gate.enter();
        try {
            return state.available();
        } finally {
            gate.leaveUnchanged();
        }
    }

    int write(byte[] source, int offset, int length, boolean more) {
        gate.enter();
        try {
            return state.write(source, offset, length, more);
        } finally {
            gate.leave();
        }
    }

    int write(ByteBuffer source) {
        gate.enter();
        try {
            return state.write(source);
        } finally {
            gate.leave();
        }
    }

    int writeUrgent(byte[] source, int offset, int length) {
        gate.enter();
        try {
            return state.writeUrgent(source, offset, length);
        } finally {
            gate.leave();
        }
    }

    boolean hadEndOfStream() {
        gate.enter();
        try {
            return state.hadEndOfStream();
        } finally {
            gate.leaveUnchanged();
        }
    }

    long urgentBytes() {
        gate.enter();
        try {
            return state.urgentBytes();
        } finally {
            gate.leaveUnchanged();
        }
    }

    int takeOutOfBand() {
        gate.enter();
        try {
            return state.takeOutOfBand();
        } finally {
            gate.leaveUnchanged();
        }
    }

    void shutdownInput() {
        gate.enter();
        try {
            state.shutdownInput();
        } finally {
            gate.leave();
        }
    }

    void shutdownOutput() {
        gate.enter();
        try {
            state.shutdownOutput();
        } finally {
            gate.leave();
        }
    }

    /** Ends the application's use: gracefully, or at once by a reset. */
    void close(boolean abort) {
        gate.enter();
        try {
            state.close(abort, host.clock().nanoTime());
            host.leftovers().remove(connection);
        } finally {
            gate.leave();
        }
    }

    /** Resets the connection because the host is being closed. */
    void hostClosed() {
        gate.enter();
        try {
            state.abort(Failure.NETWORK_DOWN, host.clock().nanoTime());
            host.leftovers().remove(connection);
        } finally {
            gate.leave();
        }
    }

    Failure failure() {
        gate.enter();
        try {
            return state.failure();
        } finally {
            gate.leaveUnchanged();
        }
    }

    Failure softFailure() {
        gate.enter();
        try {
            return state.softFailure();
        } finally {
            gate.leaveUnchanged();
        }
    }

    TcpState state() {
        gate.enter();
        try {
            return state.state();
        } finally {
            gate.leaveUnchanged();
        }
    }

    @Nullable TcpInfo info() {
        gate.enter();
        try {
            return state.info(host.clock().nanoTime());
        } finally {
            gate.leaveUnchanged();
        }
    }

    int sendBufferBytes() {
        gate.enter();
        try {
            return state.sendBufferBytes();
        } finally {
            gate.leaveUnchanged();
        }
    }

    int receiveBufferBytes() {
        gate.enter();
        try {
            return state.receiveBufferBytes();
        } finally {
            gate.leaveUnchanged();
        }
    }

    ConnectionOptions options() {
        gate.enter();
        try {
            return state.options();
        } finally {
            gate.leaveUnchanged();
        }
    }

    void options(ConnectionOptions options) {
        gate.enter();
        try {
            state.options(options);
        } finally {
            gate.leave();
        }
    }
}
