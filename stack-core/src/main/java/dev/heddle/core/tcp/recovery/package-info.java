/** Loss detection and retransmission timing. */
@NullMarked
package dev.heddle.core.tcp.recovery;

import org.jspecify.annotations.NullMarked;
