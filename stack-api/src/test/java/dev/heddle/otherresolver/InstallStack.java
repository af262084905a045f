package dev.heddle.otherresolver;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Installs a stack, whose DNS server nobody is, and says what the JVM makes of a name. */
public final class InstallStack {

    private InstallStack() {}

    /**
     * Started by a test.
     *
     * @param before a name to be looked up before, where Heddle cannot be seen
     */
    public static void main(String... before) throws UnknownHostException {
        Thread thread = Thread.currentThread();
        ClassLoader own = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        for (String name : before) {
            System.out.println(InetAddress.getAllByName(name)[0]);
        }
        thread.setContextClassLoader(own);
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .dns("192.0.2.1")
                        .build()) {
            stack.installAsDefault();
            try {
                System.out.println(InetAddress.getAllByName("nobody.invalid")[0]);
            } catch (UnknownHostException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
