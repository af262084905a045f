package dev.heddle.core.tcp;

import dev.heddle.core.wire.IpAddress;

/**
 * What names a connection (RFC 9293 3.3.1): local and remote address and port, and for link-local addresses the
 * interface. Addresses are 128 bits, IPv4 as v4-mapped.
 *
 * @param scope the interface's index if the remote address is link-local, else 0
 */
public record SocketPair(
        long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort, int scope) {

    public static SocketPair of(IpAddress local, int localPort, IpAddress remote, int remotePort, int scope) {
        return new SocketPair(local.high(), local.low(), localPort, remote.high(), remote.low(), remotePort, scope);
    }

    public IpAddress localAddress() {
        return IpAddress.of(localHigh, localLow);
    }

    public IpAddress remoteAddress() {
        return IpAddress.of(remoteHigh, remoteLow);
    }

    public boolean isIpv4() {
        return IpAddress.isIpv4(remoteHigh, remoteLow);
    }

    @Override
    public String toString() {
        return localAddress() + ":" + localPort + "-" + remoteAddress() + ":" + remotePort;
    }
}
