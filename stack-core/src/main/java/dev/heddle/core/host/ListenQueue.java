package dev.heddle.core.host;

/**
 * How full a listener is.
 *
 * @param acceptable connections that wait to be accepted, or are about to
 * @param limit how many may wait; one more is let in, as on Linux
 * @param handshakes handshakes that are not complete
 */
public record ListenQueue(int acceptable, int limit, int handshakes) {}
