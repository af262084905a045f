/** The TCP engine (RFC 9293): deterministic, without threads, locks, clock or sockets. */
@NullMarked
package dev.heddle.core.tcp;

import org.jspecify.annotations.NullMarked;
