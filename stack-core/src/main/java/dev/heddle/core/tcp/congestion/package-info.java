/** Congestion control: the port and its algorithms. */
@NullMarked
package dev.heddle.core.tcp.congestion;

import org.jspecify.annotations.NullMarked;
