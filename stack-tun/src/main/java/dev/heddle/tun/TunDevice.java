package dev.heddle.tun;

import com.sun.jna.Platform;
import dev.heddle.core.wire.IpPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A descriptor of {@code /dev/net/tun} that is attached to an interface (Linux: Documentation/networking/tuntap.rst).
 *
 * <p>An interface that did not exist is created, configured, and vanishes with the descriptor. A persistent one that
 * exists keeps its addresses, MTU and flags, and gets back at {@link #close} what attaching changes: the form of the
 * packet header and the offloads.
 */
final class TunDevice implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TunDevice.class);

    private static final String CLONE_DEVICE = "/dev/net/tun";

    private static final long TUNSETIFF = 0x400454ca;
    private static final long TUNSETOFFLOAD = 0x400454d0;
    private static final long TUNGETVNETHDRSZ = 0x800454d7L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8;

    private static final int IFF_TUN = 0x0001;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_PERSIST = 0x0800;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;

    private static final int TUN_F_CSUM = 0x01;
    private static final int TUN_F_TSO4 = 0x02;
    private static final int TUN_F_TSO6 = 0x04;
    private static final int TUN_F_TSO_ECN = 0x08;
    private static final int OFFLOADS = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;

    /**
     * Packets that the kernel keeps for a reader, where 500 are usual: a window of 4 MiB in packets of 1,500 bytes fits, and
     * ten thousand connections may end at once.
     */
    private static final int QUEUE_PACKETS = 4_096;

    private final NativeMemory request = new NativeMemory(InterfaceControl.IFREQ_BYTES);
    private final String name;
    private final boolean offload;
    private final int fd;

    /** What the interface was before; 0 if this created it. */
    private final int previousIndex;

    /** Its TUN flags then; 0 if unknown. */
    private final int previousFlags;

    private int previousHeaderBytes = VirtioHeader.BYTES;
    private int mtu;

    private TunDevice(TunSettings settings, int previousIndex) {
        this.name = settings.name();
        this.offload = settings.offload();
        this.previousIndex = previousIndex;
        previousFlags = previousIndex == 0 ? 0 : readFlags(name);
        fd = openCloneDevice(name);
    }

    /** Opens the device; whatever fails, nothing is left behind. */
    static TunDevice open(TunSettings settings) {
        requireLinux();
        try (InterfaceControl control = new InterfaceControl()) {
            int existing = control.index(settings.name());
            if (existing == 0 && settings.mustExist()) {
                throw LibC.failure(
                        "cannot attach to " + settings.name(),
                        LibC.ENODEV,
                        "there is no such interface; create it with: ip tuntap add mode tun name " + settings.name());
            }
            TunDevice device = new TunDevice(settings, existing);
            boolean complete = false;
            try {
                device.attach();
                device.setUp(settings, control);
                complete = true;
                return device;
            } finally {
                if (!complete) {
                    LibC.close(device.fd);
                }
            }
        }
    }

    private static void requireLinux() {
        if (!Platform.isLinux() || !Platform.is64Bit()) {
            throw unsupported("TUN links need a 64-bit Linux", null);
        }
        try {
            LibC.errno();
        } catch (LinkageError e) {
            throw unsupported(
                    "cannot load JNA's native part: if /tmp forbids execution, set -Djna.tmpdir to another directory",
                    e);
        }
    }

    private static UncheckedIOException unsupported(String message, @Nullable Throwable cause) {
        return new UncheckedIOException(message, new IOException(message, cause));
    }

    private static int openCloneDevice(String name) {
        int fd = LibC.open(CLONE_DEVICE, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
        if (fd >= 0) {
            return fd;
        }
        int errno = LibC.errno();
        String what = "cannot open TUN interface " + name;
        throw switch (errno) {
            case LibC.ENOENT, LibC.ENODEV, LibC.ENXIO ->
                LibC.failure(
                        what,
                        errno,
                        "no " + CLONE_DEVICE + ": load the module (modprobe tun), or give the container the device"
                                + " (--device " + CLONE_DEVICE + ")");
            case LibC.EACCES, LibC.EPERM ->
                LibC.failure(what, errno, "no permission for " + CLONE_DEVICE + ": run as root");
            default -> LibC.failure(what, errno);
        };
    }

    private void attach() {
        int flags = IFF_TUN | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0);
        int errno = attach(fd, flags | previousFlags & IFF_MULTI_QUEUE);
        if (errno == LibC.EINVAL && previousIndex != 0 && previousFlags == 0) {
            errno = attach(fd, flags | IFF_MULTI_QUEUE); // perhaps it was made for several queues
        }
        String what = "cannot open TUN interface " + name;
        switch (errno) {
            case 0 -> {}
            case LibC.EPERM ->
                throw LibC.failure(what, errno, "no permission: run as root or give the process CAP_NET_ADMIN");
            case LibC.EBUSY ->
                throw LibC.failure(what, errno, "another process has it open: stop that or choose another name");
            case LibC.EINVAL ->
                throw LibC.failure(
                        what,
                        errno,
                        previousIndex == 0
                                ? "the kernel refuses its name or flags"
                                : "it exists and is no TUN interface: choose another name");
            default -> throw LibC.failure(what, errno);
        }
        if (offload) {
            previousHeaderBytes = requireInt(TUNGETVNETHDRSZ, 0, "read the header size of");
            requireInt(TUNSETVNETHDRSZ, VirtioHeader.BYTES, "set the header size of");
        }
        if (LibC.ioctl(fd, TUNSETOFFLOAD, offload ? OFFLOADS : 0) < 0) {
            throw LibC.failure("cannot set the offloads of " + name, LibC.errno(), "open it without offloads");
        }
    }

    private int attach(int descriptor, int flags) {
        InterfaceControl.writeName(request.bytes(), name);
        request.bytes().putShort(InterfaceControl.NAME_BYTES, (short) flags);
        return ioctl(descriptor, TUNSETIFF) < 0 ? LibC.errno() : 0;
    }

    private int requireInt(long code, int value, String what) {
        request.bytes().putInt(0, value);
        if (ioctl(fd, code) < 0) {
            throw LibC.failure("cannot " + what + " " + name, LibC.errno());
        }
        return request.bytes().getInt(0);
    }

    private int ioctl(int descriptor, long code) {
        try {
            return LibC.ioctl(descriptor, code, request.address());
        } finally {
            Reference.reachabilityFence(request);
        }
    }

    private void setUp(TunSettings settings, InterfaceControl control) {
        if (previousIndex == 0) {
            control.mtu(name, settings.mtu());
            control.queueLength(name, QUEUE_PACKETS);
            if (settings.up()) {
                control.up(name);
            }
            addAddresses(settings, control);
            LOG.debug("created TUN interface {} with {}", name, settings.addresses());
        } else if (control.isUp(name)) {
            LOG.debug("attached to TUN interface {}, which is left as it is", name);
        } else {
            LOG.warn("attached to TUN interface {}, which is down: nothing passes until it is brought up", name);
        }
        mtu = control.mtu(name);
    }

    private void addAddresses(TunSettings settings, InterfaceControl control) {
        if (!settings.addresses().isEmpty()) {
            int index = control.index(name);
            try (AddressNetlink netlink = new AddressNetlink()) {
                for (IpPrefix address : settings.addresses()) {
                    netlink.add(name, index, address);
                }
            }
        }
    }

    int fd() {
        return fd;
    }

    String name() {
        return name;
    }

    int mtu() {
        return mtu;
    }

    /** The bytes in front of each packet: a virtio header or nothing. */
    int headerBytes() {
        return offload ? VirtioHeader.BYTES : 0;
    }

    /** Gives the descriptor back; nobody may use it any more. */
    @Override
    public void close() {
        if (previousIndex == 0) {
            LibC.close(fd);
            LOG.debug("removed TUN interface {}", name);
        } else {
            restore();
            LOG.debug("detached from TUN interface {}", name);
        }
    }

    /** What attaching changed outlives the descriptor. The interface may be gone or busy by now: then there is nothing to do. */
    private void restore() {
        if (offload) {
            LibC.ioctl(fd, TUNSETOFFLOAD, 0); // what a new one has; who attaches asks for his own
            request.bytes().putInt(0, previousHeaderBytes);
            ioctl(fd, TUNSETVNETHDRSZ);
        }
        LibC.close(fd);
        if (previousFlags == 0) {
            return;
        }
        try (InterfaceControl control = new InterfaceControl()) {
            if (control.index(name) != previousIndex) {
                return; // attaching would create one
            }
            // Only attaching sets the flags.
            int again = openCloneDevice(name);
            attach(again, previousFlags & ~IFF_PERSIST);
            LibC.close(again);
        }
    }

    /** The TUN flags of an interface that exists; 0 where sysfs does not show it. */
    private static int readFlags(String name) {
        try {
            String hex = Files.readString(Path.of("/sys/class/net", name, "tun_flags"));
            return Integer.decode(hex.trim());
        } catch (IOException | NumberFormatException e) {
            LOG.debug("cannot read the TUN flags of {}: {}", name, e.toString());
            return 0;
        }
    }
}
