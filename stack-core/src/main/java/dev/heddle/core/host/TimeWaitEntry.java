package dev.heddle.core.host;

import dev.heddle.core.tcp.TimeWait;

/** A connection in TIME-WAIT; the {@link TimeWaitTable}'s lock guards the record. */
final class TimeWaitEntry extends QueuedEntry {

    private final TimeWait record;
    private final PortAllocator.Use portUse;

    TimeWaitEntry(TimeWait record, PortAllocator.Use portUse) {
        super(record.pair());
        this.record = record;
        this.portUse = portUse;
    }

    TimeWait record() {
        return record;
    }

    PortAllocator.Use portUse() {
        return portUse;
    }
}
