package dev.heddle.core.host;

import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A packet that came in and went nowhere, or that was to go out and did not.
 *
 * @param direction which way it went
 * @param why the counter that has counted it: a {@link dev.heddle.core.wire.Refusal}, or one that {@code nstat} has, too
 * @param interfaceName where it came in; null if it was dropped where nobody knows, later for example. Or where it was to go
 *     out; null if no way leads to its destination
 * @param source null if its header cannot be believed, or was not looked at; or if none was chosen yet
 * @param destination null if its header cannot be believed, or was not looked at
 * @param protocol of the transport; -1 if its header cannot be believed, or was not looked at
 * @param bytes its length, the IP header included; of fragments that waited for others, of all of them; of a datagram that was
 *     to go out in fragments, as if it went in one piece; {@link #UNKNOWN} of a handshake that was begun and is forgotten
 */
public record PacketDrop(
        Direction direction,
        Enum<?> why,
        @Nullable String interfaceName,
        @Nullable IpAddress source,
        @Nullable IpAddress destination,
        int protocol,
        int bytes) {

    /** Which way it went. */
    public enum Direction {
        IN,
        OUT
    }

    /** The length of what is not known. */
    public static final int UNKNOWN = 0;
}
