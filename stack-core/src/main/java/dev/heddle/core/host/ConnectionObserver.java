package dev.heddle.core.host;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpInfo;

/**
 * Hears of the lives of a host's connections: for logs, metrics and events, which the engine itself has none of. Calls come on
 * whatever thread caused what they tell, with no lock held, and must not block; an exception is reported and does no harm. The
 * call for a connection's end may begin before the one for its beginning has returned.
 */
public interface ConnectionObserver {

    /** Nobody listens; a connection then keeps nothing to tell. */
    ConnectionObserver NONE = new ConnectionObserver() {};

    /** A handshake is complete, ours or a peer's. */
    default void opened(SocketPair pair) {}

    /**
     * A connection has ended: closed on both sides, reset or failed. Its TIME-WAIT is not waited for.
     *
     * @param last its figures at the end
     * @param why {@link Failure#NONE} for an orderly end
     */
    default void closed(SocketPair pair, TcpInfo last, Failure why) {}
}
