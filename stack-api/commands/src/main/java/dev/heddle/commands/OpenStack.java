package dev.heddle.commands;

import dev.heddle.control.ControlSocket;
import dev.heddle.core.host.HostInterface;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.net.NetworkStack;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The stack of a running command. Ctrl-C ends the process, and closes it before. */
public final class OpenStack implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private static final LookupPolicy BOTH_FAMILIES = LookupPolicy.of(LookupPolicy.IPV4 | LookupPolicy.IPV6);

    private final NetworkStack stack;
    private final @Nullable ControlSocket control;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Written by the command, read by who ends the process. */
    private volatile @Nullable IntSupplier farewell;

    OpenStack(NetworkStack stack, @Nullable ControlSocket control) {
        this.stack = stack;
        this.control = control;
        Runtime.getRuntime().addShutdownHook(new Thread(this::interrupted, "heddle-stop"));
    }

    /** Has Ctrl-C do something before the stack closes; what it returns is the process's status then, and not 130. */
    public void beforeInterruptedEnd(IntSupplier action) {
        farewell = action;
    }

    private void interrupted() {
        if (closed.get()) {
            return; // The command has come to its own end.
        }
        IntSupplier action = farewell;
        int status = action == null ? 0 : action.getAsInt();
        close();
        if (action != null) {
            Runtime.getRuntime().halt(status);
        }
    }

    /** Whether the process ends already: what fails now fails because of that, and nobody wants to hear of it. */
    static boolean processEnds() {
        Thread probe = new Thread(() -> {}, "probe");
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    public NetworkStack stack() {
        return stack;
    }

    /** What others reach it by. */
    public List<InetAddress> addresses() {
        return stack.host().interfaces().stream()
                .map(HostInterface::prefixes)
                .flatMap(List::stream)
                .map(IpPrefix::address)
                .filter(address -> !address.isLoopback())
                .map(IpAddress::toInetAddress)
                .toList();
    }

    /**
     * Finds the address of a host, the first of a family that this stack has.
     *
     * @param wanted only of this kind, {@link InetAddress} for any
     * @throws Refusal if there is none
     */
    public InetAddress resolve(String host, Class<? extends InetAddress> wanted) {
        List<InetAddress> all;
        try {
            all = stack.resolver()
                    .lookupByName(host, BOTH_FAMILIES)
                    .filter(wanted::isInstance)
                    .toList();
        } catch (UnknownHostException e) {
            String message = e.getMessage() == null ? host : e.getMessage();
            throw Refusal.usage("unknown host "
                    + (message.startsWith(host) ? message : host + ": " + message)
                    + "; give its address, or look at the spelling");
        }
        if (all.isEmpty()) {
            throw Refusal.usage(host + " has no address of this family");
        }
        return all.stream()
                .filter(this::isOfAnOwnFamily)
                .findFirst()
                .orElseThrow(() -> Refusal.usage(host + " has an address of "
                        + (all.getFirst() instanceof Inet4Address ? "IPv4" : "IPv6")
                        + ", and this stack has none: give it one by --address ADDRESS/LENGTH"));
    }

    private boolean isOfAnOwnFamily(InetAddress address) {
        return address.isLoopbackAddress()
                || addresses().stream().anyMatch(own -> own.getClass() == address.getClass());
    }

    /** An address as people write it. */
    public static String text(InetAddress address) {
        return IpAddress.of(address).toString();
    }

    /** Says what a {@code SocketException} about a way to an address means to who has given the stack its flags. */
    public static Refusal noWay(InetAddress target) {
        return Refusal.usage("no route to " + text(target)
                + ": it is on no network of the addresses, say by --gateway ADDRESS where to send it");
    }

    /** Closes the stack, which sends what was written, and what leads to it. Idempotent. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        if (control != null) {
            control.close();
        }
        stack.close(CLOSE_TIMEOUT);
    }
}
