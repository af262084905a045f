package dev.heddle.core.host;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpEvents;
import dev.heddle.core.tcp.TcpInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** What a connection has to tell the host's observer. */
final class ConnectionReports extends Reports implements TcpEvents {

    /** How often one thread looks again before it leaves the rest to the connection's home. */
    private static final int ROUNDS = 4;

    private static final VarHandle TELLING;

    static {
        try {
            TELLING = MethodHandles.lookup().findVarHandle(ConnectionReports.class, "telling", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final HostObserver observer;
    private final SocketPair pair;

    /** Guarded by the connection's gate. */
    private boolean opened;

    /** Whether a thread tells; any thread, atomically. */
    @SuppressWarnings("unused") // through TELLING
    private volatile boolean telling;

    /** Has the rest told by the connection's home; set before anything can happen, null until then. */
    private @Nullable HomeTimer later;

    private ConnectionReports(HostObserver observer, SocketPair pair) {
        this.observer = observer;
        this.pair = pair;
    }

    /** Null if nobody observes. */
    static @Nullable ConnectionReports of(Host host, SocketPair pair) {
        HostObserver observer = host.config().observer();
        return observer == HostObserver.NONE ? null : new ConnectionReports(observer, pair);
    }

    /** What a connection with these reports has in common with others. */
    static TcpContext contextOf(Host host, @Nullable ConnectionReports reports) {
        return reports == null ? host.tcpContext() : host.tcpContext().with(reports);
    }

    @Override
    public boolean isWanted() {
        return isListening(observer);
    }

    /** Who has the rest told if a thread has told enough. */
    void later(HomeTimer ofConnection) {
        later = ofConnection;
    }

    /** One thread at a time tells, so that what befell the connection is told in its order. The others do not wait for it. */
    @Override
    public void fire() {
        // Whoever tells looks again when he has told: who came meanwhile has left it to him.
        for (int round = 0; isDue() && TELLING.compareAndSet(this, false, true); round++) {
            try {
                tellAll();
            } finally {
                telling = false;
            }
            if (round == ROUNDS && later != null) {
                later.request(HomeTimer.VISIT);
                return;
            }
        }
    }

    @Override
    public void happened(TcpEvent event) {
        add(() -> observer.happened(pair, event));
    }

    /** The handshake is complete; said once. With the gate. */
    void opened() {
        if (!opened) {
            opened = true;
            if (isWanted()) {
                addAlways(() -> observer.opened(pair));
            }
        }
    }

    /** The connection has ended. With the gate. */
    void closed(TcpInfo last, Failure why) {
        addAlways(() -> observer.closed(pair, last, why));
    }
}
