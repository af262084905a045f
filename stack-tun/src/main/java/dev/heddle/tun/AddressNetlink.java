package dev.heddle.tun;

import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Gives addresses to interfaces over a routing netlink socket (rtnetlink(7)): any number of either family in one way. IPv6
 * ones get no duplicate address detection; the kernel nevertheless makes their local route later, in a worker of its own,
 * and loses packets for them until then, so adding one waits for the notice of that route. One thread at a time.
 */
final class AddressNetlink implements AutoCloseable {

    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int RTNLGRP_IPV6_ROUTE = 11;
    private static final int PATIENCE_SECONDS = 5;

    private static final int NLMSG_ERROR = 2;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_NEWROUTE = 24;
    private static final int NLM_F_REQUEST = 0x1;
    private static final int NLM_F_ACK = 0x4;
    private static final int NLM_F_EXCL = 0x200;
    private static final int NLM_F_CREATE = 0x400;
    private static final int IFA_F_NODAD = 0x02;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int RTN_LOCAL = 2;
    private static final int RTA_DST = 1;

    /** What {@link #read} finds in the kernel's messages. */
    private static final int ACKNOWLEDGED = 1;

    private static final int ROUTED = 2;

    private static final int MESSAGE_TYPE = 4;
    private static final int HEADER_BYTES = 16;
    private static final int ATTRIBUTES = HEADER_BYTES + 8;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int ROUTE_TYPE = HEADER_BYTES + 7;
    private static final int ROUTE_ATTRIBUTES = HEADER_BYTES + 12;

    private final NativeMemory message = new NativeMemory(16 * 1024);
    private final int socket;

    AddressNetlink() {
        socket = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NETLINK_ROUTE);
        if (socket < 0) {
            throw LibC.failure("cannot open a netlink socket", LibC.errno());
        }
        message.bytes().putInt(0, RTNLGRP_IPV6_ROUTE);
        int result = setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Integer.BYTES);
        message.bytes().putLong(0, PATIENCE_SECONDS).putLong(8, 0);
        result |= setOption(SOL_SOCKET, SO_RCVTIMEO, 16);
        if (result != 0) {
            LibC.close(socket);
            throw LibC.failure("cannot listen for routes", LibC.errno());
        }
    }

    private int setOption(int level, int option, int valueBytes) {
        try {
            return LibC.setsockopt(socket, level, option, message.address(), valueBytes);
        } finally {
            Reference.reachabilityFence(message);
        }
    }

    /** Adds an address, which can be used from the return on; the kernel adds the route to its prefix. */
    void add(String name, int interfaceIndex, IpPrefix address) {
        int errno = exchange(writeRequest(interfaceIndex, address), address);
        String what = "cannot give " + address + " to " + name;
        if (errno == LibC.EACCES && !address.isIpv4()) {
            throw LibC.failure(what, errno, "IPv6 is switched off (sysctl disable_ipv6)");
        }
        if (errno == LibC.EAGAIN) {
            throw LibC.failure(what, errno, "the kernel makes no route for it");
        }
        if (errno != 0) {
            throw LibC.failure(what, errno);
        }
    }

    /** Sends the request in {@link #message}; returns the kernel's error number, 0 when the address can be used. */
    private int exchange(int requestBytes, IpPrefix address) {
        try {
            if (LibC.send(socket, message.address(), requestBytes, 0) < 0) {
                return LibC.errno();
            }
            int found = address.isIpv4() ? ROUTED : 0;
            while (found != (ACKNOWLEDGED | ROUTED)) {
                long bytes =
                        LibC.recv(socket, message.address(), message.bytes().capacity(), 0);
                int result = bytes < 0 ? -LibC.errno() : read((int) bytes, address.address());
                if (result >= 0) {
                    found |= result;
                } else if (result != -LibC.EINTR) {
                    return -result;
                }
            }
            return 0;
        } finally {
            Reference.reachabilityFence(message);
        }
    }

    /** Returns which of the awaited things are among the messages, or a negative error number. */
    private int read(int bytes, IpAddress address) {
        ByteBuffer b = message.bytes();
        int found = 0;
        int length;
        for (int at = 0; at + HEADER_BYTES <= bytes; at += (length + 3) & ~3) {
            length = Math.max(b.getInt(at), HEADER_BYTES);
            int type = b.getShort(at + MESSAGE_TYPE);
            if (type == NLMSG_ERROR) {
                // An acknowledgement is an error message with the negative error number, 0 for success.
                int error = b.getInt(at + HEADER_BYTES);
                if (error != 0) {
                    return error;
                }
                found |= ACKNOWLEDGED;
            } else if (type == RTM_NEWROUTE && isLocalRoute(at, at + length, address)) {
                found |= ROUTED;
            }
        }
        return found;
    }

    private boolean isLocalRoute(int start, int end, IpAddress to) {
        ByteBuffer b = message.bytes();
        if (b.get(start + HEADER_BYTES) != LibC.AF_INET6 || b.get(start + ROUTE_TYPE) != RTN_LOCAL) {
            return false;
        }
        int length;
        for (int at = start + ROUTE_ATTRIBUTES; at + ATTRIBUTE_HEADER_BYTES <= end; at += (length + 3) & ~3) {
            length = Math.max(b.getShort(at), ATTRIBUTE_HEADER_BYTES);
            if (b.getShort(at + 2) == RTA_DST && length == ATTRIBUTE_HEADER_BYTES + 16) {
                ByteBuffer value = b.duplicate().order(ByteOrder.BIG_ENDIAN);
                return value.getLong(at + ATTRIBUTE_HEADER_BYTES) == to.high()
                        && value.getLong(at + ATTRIBUTE_HEADER_BYTES + 8) == to.low();
            }
        }
        return false;
    }

    private int writeRequest(int interfaceIndex, IpPrefix prefix) {
        ByteBuffer b = message.bytes();
        int at = HEADER_BYTES;
        b.put(at, (byte) (prefix.isIpv4() ? LibC.AF_INET : LibC.AF_INET6));
        b.put(at + 1, (byte) prefix.length());
        b.put(at + 2, (byte) IFA_F_NODAD);
        b.put(at + 3, (byte) 0); // scope: universe; the kernel works out IPv6's from the address
        b.putInt(at + 4, interfaceIndex);
        // The device is point-to-point, but the peer is a whole prefix: local and peer address are the same.
        at = writeAttribute(b, ATTRIBUTES, IFA_LOCAL, prefix.address());
        at = writeAttribute(b, at, IFA_ADDRESS, prefix.address());
        b.putInt(0, at);
        b.putShort(MESSAGE_TYPE, (short) RTM_NEWADDR);
        b.putShort(6, (short) (NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL));
        b.putInt(8, 1); // sequence number
        b.putInt(12, 0); // to the kernel
        return at;
    }

    private static int writeAttribute(ByteBuffer b, int at, int type, IpAddress address) {
        int length = ATTRIBUTE_HEADER_BYTES + (address.isIpv4() ? 4 : 16);
        b.putShort(at, (short) length);
        b.putShort(at + 2, (short) type);
        ByteBuffer value = b.duplicate().order(ByteOrder.BIG_ENDIAN);
        if (address.isIpv4()) {
            value.putInt(at + ATTRIBUTE_HEADER_BYTES, address.ipv4());
        } else {
            value.putLong(at + ATTRIBUTE_HEADER_BYTES, address.high());
            value.putLong(at + ATTRIBUTE_HEADER_BYTES + 8, address.low());
        }
        return at + length;
    }

    @Override
    public void close() {
        LibC.close(socket);
    }
}
