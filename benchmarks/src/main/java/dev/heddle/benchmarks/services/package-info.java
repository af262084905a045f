/** The echo, discard and character generator services on blocking sockets, one virtual thread a connection. */
@NullMarked
package dev.heddle.benchmarks.services;

import org.jspecify.annotations.NullMarked;
