package dev.heddle.core.tcp;

/**
 * What a connection is opened with, actively or passively.
 *
 * @param iss our initial sequence number
 * @param nowNs when it is opened
 */
record Opening(
        TcpContext context, SocketPair pair, ConnectionOptions options, PathProperties path, int iss, long nowNs) {}
