/** The port to packet devices, packets, and links that need no privileges. */
@NullMarked
package dev.heddle.core.link;

import org.jspecify.annotations.NullMarked;
