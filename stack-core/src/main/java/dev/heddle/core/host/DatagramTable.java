package dev.heddle.core.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bound UDP endpoints by their local port, the last bound first. Any thread; looking one up takes no lock and makes no
 * object.
 */
final class DatagramTable {

    private static final UdpEndpoint[] NONE = {};

    private static final int PAGE_SHIFT = 8;
    private static final int PAGE_PORTS = 1 << PAGE_SHIFT;
    private static final int PAGES = 65_536 >>> PAGE_SHIFT;

    /** The endpoints of some ports, each an array that never changes in place. */
    private static final class Page {
        final AtomicReferenceArray<UdpEndpoint @Nullable []> ports = new AtomicReferenceArray<>(PAGE_PORTS);
    }

    /** Excludes changes; a leaf. */
    private final ReentrantLock lock = new ReentrantLock();

    /** A page is made when its first port is used, and stays. */
    private final AtomicReferenceArray<@Nullable Page> pages = new AtomicReferenceArray<>(PAGES);

    void add(int port, UdpEndpoint added) {
        lock.lock();
        try {
            Page page = pages.get(port >>> PAGE_SHIFT);
            if (page == null) {
                page = new Page();
                pages.set(port >>> PAGE_SHIFT, page);
            }
            UdpEndpoint[] before = at(port);
            UdpEndpoint[] after = new UdpEndpoint[before.length + 1];
            after[0] = added;
            System.arraycopy(before, 0, after, 1, before.length);
            page.ports.set(port & (PAGE_PORTS - 1), after);
        } finally {
            lock.unlock();
        }
    }

    void remove(int port, UdpEndpoint removed) {
        lock.lock();
        try {
            Page page = pages.get(port >>> PAGE_SHIFT);
            if (page != null) {
                UdpEndpoint[] after = Arrays.stream(at(port))
                        .filter(endpoint -> endpoint != removed)
                        .toArray(UdpEndpoint[]::new);
                page.ports.set(port & (PAGE_PORTS - 1), after.length == 0 ? null : after);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The endpoints of a port, the last bound first; not to be changed. */
    UdpEndpoint[] at(int port) {
        Page page = pages.get(port >>> PAGE_SHIFT);
        UdpEndpoint[] there = page == null ? null : page.ports.get(port & (PAGE_PORTS - 1));
        return there == null ? NONE : there;
    }

    List<UdpEndpoint> all() {
        List<UdpEndpoint> all = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            if (pages.get(i) != null) {
                for (int port = i << PAGE_SHIFT; port < i + 1 << PAGE_SHIFT; port++) {
                    all.addAll(Arrays.asList(at(port)));
                }
            }
        }
        return all;
    }
}
