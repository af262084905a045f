/** The clock and the timer wheel. */
@NullMarked
package dev.heddle.core.time;

import org.jspecify.annotations.NullMarked;
