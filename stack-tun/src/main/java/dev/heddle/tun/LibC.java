package dev.heddle.tun;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The C library's functions that a TUN device needs, mapped directly with primitive arguments only: of JNA's ways this
 * is the fastest by far. Addresses are plain numbers, so whoever passes one keeps its memory reachable.
 *
 * <p>A function that fails returns a negative number; {@link #errno()} then says why, to the same thread only.
 */
final class LibC {

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EBADFD = 77;

    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x8_0000;

    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = O_CLOEXEC;

    static final short POLLIN = 1;
    static final short POLLOUT = 4;
    static final short POLLERR = 8;
    static final short POLLHUP = 16;
    static final short POLLNVAL = 32;

    static final int EFD_NONBLOCK = O_NONBLOCK;
    static final int EFD_CLOEXEC = O_CLOEXEC;

    static {
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    static native int open(String path, int flags, int mode);

    static native int close(int fd);

    static native long read(int fd, long buffer, long count);

    static native long write(int fd, long buffer, long count);

    static native long writev(int fd, long iovecs, int count);

    static native int ioctl(int fd, long request, long argument);

    static native int ppoll(long pollfds, long count, long timespec, long signalMask);

    static native int eventfd(int initial, int flags);

    static native int socket(int domain, int type, int protocol);

    static native int setsockopt(int fd, int level, int option, long value, int length);

    static native long send(int fd, long buffer, long length, int flags);

    static native long recv(int fd, long buffer, long length, int flags);

    private static native String strerror(int errno);

    /** Why the calling thread's last function failed. */
    static int errno() {
        return Native.getLastError();
    }

    /** An error in one line: what could not be done, and the C library's reason. */
    static UncheckedIOException failure(String what, int errno) {
        return failure(what, errno, strerror(errno));
    }

    /** An error in one line: what could not be done, and what the reader can do about it. */
    static UncheckedIOException failure(String what, int errno, String advice) {
        return new UncheckedIOException(
                what + ": " + advice, new IOException(strerror(errno) + " (errno " + errno + ")"));
    }
}
