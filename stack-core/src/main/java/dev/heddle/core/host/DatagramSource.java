package dev.heddle.core.host;

import dev.heddle.core.wire.IpAddress;

/** What is told of a received datagram beside its bytes; filled by each {@link UdpEndpoint#receive}. Not thread-safe. */
public final class DatagramSource {

    /** Who has sent it, as 128 bits, and from which port. */
    long sourceHigh;

    long sourceLow;
    int sourcePort;

    /** Which of the host's addresses, or which broadcast address, it was sent to (RFC 1122 4.1.3.5). */
    long destinationHigh;

    long destinationLow;

    /** How long it was, whatever was asked for. */
    int datagramBytes;

    /** Who has sent it. */
    public IpAddress address() {
        return IpAddress.of(sourceHigh, sourceLow);
    }

    /** The sender's port; 0 if it wants no answer (RFC 768). */
    public int port() {
        return sourcePort;
    }

    /** Where it was sent to: one of the host's addresses, or a group's. */
    public IpAddress destination() {
        return IpAddress.of(destinationHigh, destinationLow);
    }

    /** How many bytes the datagram had; more than were received if there was no room for all. */
    public int datagramBytes() {
        return datagramBytes;
    }

    /** Whether the sender is just this one. */
    public boolean isFrom(IpAddress address, int port) {
        return port == sourcePort && address.low() == sourceLow && address.high() == sourceHigh;
    }
}
