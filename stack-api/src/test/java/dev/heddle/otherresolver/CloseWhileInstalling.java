package dev.heddle.otherresolver;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.time.Duration;

/** Closes a stack while somebody else's provider of names keeps the thread that installs it. */
public final class CloseWhileInstalling {

    private static final long PATIENCE_MS = 20_000;

    private CloseWhileInstalling() {}

    /** Started by a test. */
    public static void main(String... none) throws InterruptedException {
        MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
        NetworkStack stack =
                NetworkStack.builder().link(cable.a()).address("192.0.2.1/24").build();
        Thread installs = start(stack::installAsDefault);
        HangingResolvers.ASKED.await();
        Thread closes = start(() -> stack.close(Duration.ZERO));
        closes.join(PATIENCE_MS);
        System.out.println(installs.isAlive() && !closes.isAlive() ? "has closed" : "has not closed");
    }

    private static Thread start(Runnable task) {
        return Thread.ofPlatform().daemon().start(task);
    }
}
