package dev.heddle.net;

import dev.heddle.core.host.LinkPump;
import dev.heddle.core.link.Link;

/** A link of a stack with the pump that reads it. */
record AttachedLink(Link link, LinkPump pump) implements AutoCloseable {

    /** Stops the pump and gives the device back. */
    @Override
    public void close() {
        try (link) {
            pump.close();
        }
    }

    @Override
    public String toString() {
        return link.name();
    }
}
