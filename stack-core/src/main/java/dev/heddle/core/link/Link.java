package dev.heddle.core.link;

/**
 * The port to a device that carries IP packets. {@link #transmit} is for any thread; {@link #receive} and
 * {@link #awaitWork} are for whoever holds the pump's role, one thread at a time; {@link #wakeup} and {@link #close} are
 * for any thread at any time.
 */
public interface Link extends PacketSink, AutoCloseable {

    /** A short name for people: an interface name such as {@code heddle0}. */
    String name();

    LinkCapabilities capabilities();

    /**
     * Reads the next packet without waiting: sets its bytes, {@link Packet#arrivalNs} excepted, and its offload metadata.
     *
     * @return false if there is none now
     * @throws LinkDownException if the link has failed or was closed: no packet will come any more
     */
    boolean receive(Packet into);

    /** When the link itself wants {@link #receive} called although no packet wakes it; {@code Clock.NEVER} if never. */
    long nextDeadline();

    /**
     * Waits until a packet can be read, a refused {@link #transmit} may succeed, {@link #wakeup} was called since the
     * last return, or the time is reached. May return early. Blocks the carrier: only for platform threads.
     *
     * @param untilNs in the time of the clock that the link was given; {@code Clock.NEVER} waits without limit
     * @throws LinkDownException if the link has failed or was closed
     */
    void awaitWork(long untilNs);

    /** Makes the current or next {@link #awaitWork} return at once. */
    void wakeup();

    /** Gives the device back. Idempotent; a waiting {@link #awaitWork} ends with {@link LinkDownException}. */
    @Override
    void close();
}
