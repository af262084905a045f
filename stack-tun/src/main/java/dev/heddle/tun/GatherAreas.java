package dev.heddle.tun;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The spare {@link GatherArea}s of a link. Thread-safe without locks. At most as many are alive as threads were ever
 * inside {@code transmit} at once, which for virtual threads is the number of carriers: nothing in there parks.
 */
final class GatherAreas {

    private static final int SLOTS = 16;

    private final AtomicReferenceArray<GatherArea> spare = new AtomicReferenceArray<>(SLOTS);

    GatherArea take() {
        int first = firstSlot();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (first + i) & (SLOTS - 1);
            if (spare.getPlain(slot) != null) {
                GatherArea area = spare.getAndSet(slot, null);
                if (area != null) {
                    return area;
                }
            }
        }
        return new GatherArea();
    }

    void giveBack(GatherArea area) {
        int first = firstSlot();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (first + i) & (SLOTS - 1);
            if (spare.getPlain(slot) == null && spare.compareAndSet(slot, null, area)) {
                return;
            }
        }
    }

    /** Threads start at different slots, so that they seldom meet. */
    private static int firstSlot() {
        return (int) Thread.currentThread().threadId() & (SLOTS - 1);
    }
}
