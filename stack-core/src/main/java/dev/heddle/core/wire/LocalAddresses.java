package dev.heddle.core.wire;

import org.jspecify.annotations.Nullable;

/**
 * What protocols ask about the addresses of their own host. It stands down here because who answers ({@code ip}) and who
 * asks ({@code icmp}) share a floor and do not know each other.
 */
public interface LocalAddresses {

    /** Whether it is one of the host's own unicast addresses. */
    boolean contains(long high, long low);

    /** Whether it is 255.255.255.255 or the directed broadcast address of a network that the host is in. */
    boolean isBroadcast(long high, long low);

    /**
     * The address to send from when neither application nor route names one: of the destination's family, in the
     * destination's network if there is such a one, otherwise of the same scope (link-local or not) if possible.
     *
     * @return null if the host has no address of the family
     */
    @Nullable IpAddress sourceFor(long destinationHigh, long destinationLow);
}
