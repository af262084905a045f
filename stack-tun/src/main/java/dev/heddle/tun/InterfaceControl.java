package dev.heddle.tun;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads and sets properties of network interfaces by {@code ioctl} (netdevice(7)). One thread at a time. */
final class InterfaceControl implements AutoCloseable {

    /** The size of {@code struct ifreq}: the name and a union. */
    static final int IFREQ_BYTES = 40;

    /** The room for a name in it, with the terminating zero. */
    static final int NAME_BYTES = 16;

    static final int IFF_UP = 1;

    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final long SIOCSIFTXQLEN = 0x8943;

    private final NativeMemory request = new NativeMemory(IFREQ_BYTES);
    private final int socket;

    InterfaceControl() {
        socket = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw LibC.failure("cannot open a control socket", LibC.errno());
        }
    }

    /** The interface's index, or 0 if there is none of this name. */
    int index(String name) {
        if (call(SIOCGIFINDEX, name) < 0) {
            int errno = LibC.errno();
            if (errno == LibC.ENODEV) {
                return 0;
            }
            throw LibC.failure("cannot look up interface " + name, errno);
        }
        return request.bytes().getInt(NAME_BYTES);
    }

    int mtu(String name) {
        if (call(SIOCGIFMTU, name) < 0) {
            throw LibC.failure("cannot read the MTU of " + name, LibC.errno());
        }
        return request.bytes().getInt(NAME_BYTES);
    }

    void mtu(String name, int mtu) {
        request.bytes().putInt(NAME_BYTES, mtu);
        if (call(SIOCSIFMTU, name) < 0) {
            throw LibC.failure("cannot set the MTU of " + name + " to " + mtu, LibC.errno());
        }
    }

    /** Sets how many packets wait for a reader before the kernel drops. */
    void queueLength(String name, int packets) {
        request.bytes().putInt(NAME_BYTES, packets);
        if (call(SIOCSIFTXQLEN, name) < 0) {
            throw LibC.failure("cannot set the queue length of " + name + " to " + packets, LibC.errno());
        }
    }

    boolean isUp(String name) {
        if (call(SIOCGIFFLAGS, name) < 0) {
            throw LibC.failure("cannot read the flags of " + name, LibC.errno());
        }
        return (request.bytes().getShort(NAME_BYTES) & IFF_UP) != 0;
    }

    void up(String name) {
        if (!isUp(name)) {
            ByteBuffer b = request.bytes();
            b.putShort(NAME_BYTES, (short) (b.getShort(NAME_BYTES) | IFF_UP));
            if (call(SIOCSIFFLAGS, name) < 0) {
                throw LibC.failure("cannot bring " + name + " up", LibC.errno());
            }
        }
    }

    private int call(long code, String name) {
        writeName(request.bytes(), name);
        try {
            return LibC.ioctl(socket, code, request.address());
        } finally {
            Reference.reachabilityFence(request);
        }
    }

    /** Writes an {@code ifreq}'s name, padded with zeros. */
    static void writeName(ByteBuffer ifreq, String name) {
        byte[] padded = new byte[NAME_BYTES];
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, padded, 0, Math.min(bytes.length, NAME_BYTES - 1));
        ifreq.put(0, padded);
    }

    /** Reads an {@code ifreq}'s name. */
    static String readName(ByteBuffer ifreq) {
        byte[] bytes = new byte[NAME_BYTES];
        ifreq.get(0, bytes);
        int length = 0;
        while (length < NAME_BYTES && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        LibC.close(socket);
    }
}
