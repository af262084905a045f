package dev.heddle.tun;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import org.jspecify.annotations.Nullable;

/** What only tests need from the C library: namespaces of a single thread, and its user. */
final class TestLibC {

    static final int CLONE_NEWNS = 0x2_0000;
    static final int CLONE_NEWNET = 0x4000_0000;
    static final long MS_REC = 1 << 14;
    static final long MS_SLAVE = 1 << 19;
    static final int MNT_DETACH = 2;
    static final int AF_UNIX = 1;

    static {
        Native.register(TestLibC.class, NativeLibrary.getProcess());
    }

    private TestLibC() {}

    static native int geteuid();

    static native int unshare(int flags);

    static native int mount(
            @Nullable String source, String target, @Nullable String type, long flags, @Nullable String data);

    static native int umount2(String target, int flags);

    static native int socketpair(int domain, int type, int protocol, long fds);

    private static native long syscall(long number, long a, long b, long c);

    /** Takes root from the calling thread alone, for good: the C library's own function would change the whole process. */
    static void becomeNobody() {
        long number = System.getProperty("os.arch").equals("aarch64") ? 147 : 117;
        int nobody = 65_534;
        if (syscall(number, nobody, nobody, nobody) != 0) {
            throw new IllegalStateException("setresuid: errno " + Native.getLastError());
        }
    }
}
