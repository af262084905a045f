package dev.heddle.core.tcp;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a connection tells. */
final class RecordedEvents implements TcpEvents {

    private final List<TcpEvent> all = new ArrayList<>();

    @Override
    public boolean isWanted() {
        return true;
    }

    @Override
    public void happened(TcpEvent event) {
        all.add(event);
    }

    /** What was told since the last call. */
    List<TcpEvent> take() {
        List<TcpEvent> taken = List.copyOf(all);
        all.clear();
        return taken;
    }
}
