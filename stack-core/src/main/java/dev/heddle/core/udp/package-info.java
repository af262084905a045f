/** User datagrams: their input so far. */
@NullMarked
package dev.heddle.core.udp;

import org.jspecify.annotations.NullMarked;
