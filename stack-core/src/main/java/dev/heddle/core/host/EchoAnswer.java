package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What came back for an echo request: its reply, or an ICMP error about it.
 *
 * @param from who has answered: the host that was asked, or whoever reports the error
 * @param sequence the request's
 * @param dataBytes of the reply; 0 of an error
 * @param hopLimit the TTL or hop limit that the answer has arrived with
 * @param roundTripNs from the request to the answer
 * @param intact whether the reply brought the request's data; false for an error
 * @param duplicate whether the request has had a reply before
 * @param error what is wrong; null for a reply
 */
public record EchoAnswer(
        IpAddress from,
        int sequence,
        int dataBytes,
        int hopLimit,
        long roundTripNs,
        boolean intact,
        boolean duplicate,
        IcmpError.@Nullable Kind error) {

    /** Whether it is the reply that was asked for. */
    public boolean isReply() {
        return error == null;
    }
}
