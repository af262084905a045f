package dev.heddle.core.host;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpInfo;

/**
 * Hears what befalls a host and its connections: for logs, metrics and events, which the engine itself has none of. Calls come
 * on whatever thread caused what they tell, or on a pump's, with none of the host's locks held, and must not block: a
 * {@code java.net} socket in the midst of whose call they come cannot be called, and says so. What they throw is reported as
 * uncaught and does no harm. Those of one connection come in their order, one after the other; those of several may come
 * at the same time, and at the same time as those of packets that were dropped, which come one after the other, too.
 */
public interface HostObserver {

    /** Nobody listens; a connection then keeps nothing to tell. */
    HostObserver NONE = new HostObserver() {};

    /**
     * Whether anything is to be told at present. What happens meanwhile is not told later. This one is asked often and in the
     * midst of the host's work, with its locks held: it must do no more than look. If it throws, nobody listens.
     */
    default boolean isListening() {
        return true;
    }

    /** A handshake is complete, ours or a peer's. */
    default void opened(SocketPair pair) {}

    /**
     * A connection has ended: closed on both sides, reset or failed. Its TIME-WAIT is not waited for.
     *
     * @param last its figures at the end
     * @param why {@link Failure#NONE} for an orderly end
     */
    default void closed(SocketPair pair, TcpInfo last, Failure why) {}

    /**
     * Something befell a connection, in its TIME-WAIT perhaps, or a handshake that a peer has begun. Of very many at a time the
     * last ones are not told.
     */
    default void happened(SocketPair pair, TcpEvent event) {}

    /**
     * A packet was dropped: on its way in, at once or because the rest of it did not come, or on its way out. Of very many at a
     * time the last ones are not told.
     */
    default void dropped(PacketDrop drop) {}
}
