package dev.heddle.demo;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;

/** A link that stays open when its stack closes, because somebody else still needs the other end; the lender closes it. */
record LentLink(Link link) implements Link {

    @Override
    public String name() {
        return link.name();
    }

    @Override
    public LinkCapabilities capabilities() {
        return link.capabilities();
    }

    @Override
    public boolean transmit(Packet packet) {
        return link.transmit(packet);
    }

    @Override
    public boolean receive(Packet into) {
        return link.receive(into);
    }

    @Override
    public long nextDeadline() {
        return link.nextDeadline();
    }

    @Override
    public void awaitWork(long untilNs) {
        link.awaitWork(untilNs);
    }

    @Override
    public void wakeup() {
        link.wakeup();
    }

    @Override
    public void close() {}
}
