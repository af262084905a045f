package dev.heddle.core.ip;

/**
 * What the fragments of one datagram have in common (RFC 791 3.2, RFC 8200 4.5).
 *
 * @param scope the interface's index if the addresses are unique only there, else 0
 * @param protocol 0 for IPv6, where it may differ between fragments
 */
record DatagramKey(
        long sourceHigh,
        long sourceLow,
        long destinationHigh,
        long destinationLow,
        int identification,
        int protocol,
        int scope)
        implements Comparable<DatagramKey> {

    /** So that a map of keys with equal hashes, which anybody can choose, becomes a tree. */
    @Override
    public int compareTo(DatagramKey that) {
        int byIdentification = Integer.compare(identification, that.identification);
        if (byIdentification != 0) {
            return byIdentification;
        }
        int bySource = compare(sourceHigh, sourceLow, that.sourceHigh, that.sourceLow);
        if (bySource != 0) {
            return bySource;
        }
        int byDestination = compare(destinationHigh, destinationLow, that.destinationHigh, that.destinationLow);
        if (byDestination != 0) {
            return byDestination;
        }
        int byProtocol = Integer.compare(protocol, that.protocol);
        return byProtocol != 0 ? byProtocol : Integer.compare(scope, that.scope);
    }

    private static int compare(long high, long low, long thatHigh, long thatLow) {
        int byHigh = Long.compare(high, thatHigh);
        return byHigh != 0 ? byHigh : Long.compare(low, thatLow);
    }
}
