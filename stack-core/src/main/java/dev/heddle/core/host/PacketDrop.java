package dev.heddle.core.host;

import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A packet that came in and went nowhere.
 *
 * @param why the counter that has counted it: a {@link dev.heddle.core.wire.Refusal}, or one that {@code nstat} has, too
 * @param interfaceName where it came in; null if it was dropped where nobody knows, later for example
 * @param source null if its header cannot be believed
 * @param destination null if its header cannot be believed
 * @param protocol of the transport; -1 if its header cannot be believed, or was not looked at
 * @param bytes its length, the IP header included; of fragments that waited for others, of all of them; {@link
 *     #UNKNOWN} of a handshake that was begun and is forgotten
 */
public record PacketDrop(
        Enum<?> why,
        @Nullable String interfaceName,
        @Nullable IpAddress source,
        @Nullable IpAddress destination,
        int protocol,
        int bytes) {

    /** The length of what is not known. */
    public static final int UNKNOWN = 0;
}
