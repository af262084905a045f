package dev.heddle.core.ip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one source, an IPv4 address or an IPv6 network of 64 bits, has in reassembly. */
final class SourceShare {

    final long source;
    long heldBytes;

    /** In the order in which they began. */
    private final Map<DatagramKey, PartialDatagram> datagrams = new LinkedHashMap<>();

    SourceShare(long source) {
        this.source = source;
    }

    void add(PartialDatagram datagram) {
        datagrams.put(datagram.key, datagram);
    }

    void remove(PartialDatagram datagram) {
        datagrams.remove(datagram.key);
    }

    boolean isEmpty() {
        return datagrams.isEmpty();
    }

    /** The one that began first; null if there is none. */
    @Nullable PartialDatagram oldest() {
        return datagrams.isEmpty() ? null : datagrams.values().iterator().next();
    }
}
