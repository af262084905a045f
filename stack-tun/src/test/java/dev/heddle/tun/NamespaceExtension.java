package dev.heddle.tun;

import com.sun.jna.Native;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** See {@link InNamespace}. */
final class NamespaceExtension implements InvocationInterceptor {

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extensionContext)
            throws Throwable {
        runInNamespace(invocation);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extensionContext)
            throws Throwable {
        runInNamespace(invocation);
    }

    private static void runInNamespace(Invocation<@Nullable Void> invocation) throws Throwable {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("in-namespace").start(() -> {
            try {
                enter();
                invocation.proceed();
            } catch (Throwable t) {
                thrown.set(t);
            }
        });
        thread.join();
        Throwable failure = thrown.get();
        if (failure != null) {
            throw failure;
        }
    }

    /** As {@code ip netns exec} does: with a sysfs of the new namespace. */
    private static void enter() throws Exception {
        if (TestLibC.unshare(TestLibC.CLONE_NEWNET | TestLibC.CLONE_NEWNS) != 0) {
            throw new IllegalStateException("may not make namespaces: errno " + Native.getLastError());
        }
        require(TestLibC.mount("none", "/", null, TestLibC.MS_REC | TestLibC.MS_SLAVE, null));
        TestLibC.umount2("/sys", TestLibC.MNT_DETACH);
        require(TestLibC.mount("sysfs", "/sys", "sysfs", 0, null));
        Shell.run("ip link set lo up");
    }

    private static void require(int result) {
        if (result != 0) {
            throw new IllegalStateException("mount: errno " + Native.getLastError());
        }
    }
}
