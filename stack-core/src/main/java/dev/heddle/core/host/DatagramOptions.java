package dev.heddle.core.host;

/**
 * The socket options of one UDP endpoint; immutable.
 *
 * @param receiveBufferBytes the most bytes that may wait for the application, each datagram with some bytes of its own; one
 *     datagram may wait whatever its length
 * @param sendBufferBytes told to who asks: a datagram goes at once, or waits where the link's own packets do
 * @param trafficClass the TOS or traffic-class byte
 * @param hopLimit the TTL, 1 to 255
 * @param broadcast whether datagrams may be sent to broadcast addresses
 */
public record DatagramOptions(
        int receiveBufferBytes, int sendBufferBytes, int trafficClass, int hopLimit, boolean broadcast) {

    /** Linux's {@code rmem_default} and {@code wmem_default}. */
    private static final int BUFFER_BYTES = 212_992;

    /** What a current Linux host uses. */
    public static final DatagramOptions DEFAULTS =
            new DatagramOptions(BUFFER_BYTES, BUFFER_BYTES, 0, DatagramOutbound.HOP_LIMIT, false);

    public DatagramOptions {
        require(receiveBufferBytes > 0 && sendBufferBytes > 0, "buffer sizes must be positive");
        require(trafficClass >= 0 && trafficClass <= 255, "traffic class must be 0 to 255");
        require(hopLimit >= 1 && hopLimit <= 255, "hop limit must be 1 to 255");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    public DatagramOptions withReceiveBufferBytes(int bytes) {
        return new DatagramOptions(bytes, sendBufferBytes, trafficClass, hopLimit, broadcast);
    }

    public DatagramOptions withSendBufferBytes(int bytes) {
        return new DatagramOptions(receiveBufferBytes, bytes, trafficClass, hopLimit, broadcast);
    }

    public DatagramOptions withTrafficClass(int octet) {
        return new DatagramOptions(receiveBufferBytes, sendBufferBytes, octet, hopLimit, broadcast);
    }

    public DatagramOptions withHopLimit(int hops) {
        return new DatagramOptions(receiveBufferBytes, sendBufferBytes, trafficClass, hops, broadcast);
    }

    public DatagramOptions withBroadcast(boolean allowed) {
        return new DatagramOptions(receiveBufferBytes, sendBufferBytes, trafficClass, hopLimit, allowed);
    }
}
