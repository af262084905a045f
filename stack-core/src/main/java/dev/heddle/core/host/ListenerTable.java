package dev.heddle.core.host;

import dev.heddle.core.wire.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The listeners by address and port. Any thread. */
final class ListenerTable {

    private record Key(IpAddress address, int port) {}

    private final Map<Key, TcpListener> listeners = new ConcurrentHashMap<>();

    void add(TcpListener listener) {
        listeners.put(new Key(listener.localAddress(), listener.localPort()), listener);
    }

    void remove(TcpListener listener) {
        listeners.remove(new Key(listener.localAddress(), listener.localPort()), listener);
    }

    /** Who listens there: at the very address, then at the family's wildcard, then at that of IPv6, which takes both. */
    @Nullable TcpListener find(IpAddress address, int port) {
        TcpListener listener = listeners.get(new Key(address, port));
        if (listener == null && address.isIpv4()) {
            listener = listeners.get(new Key(IpAddress.ANY_V4, port));
        }
        return listener != null ? listener : listeners.get(new Key(IpAddress.ANY_V6, port));
    }

    List<TcpListener> all() {
        return List.copyOf(listeners.values());
    }
}
