/** Sets of event counters. */
@NullMarked
package dev.heddle.core.counter;

import org.jspecify.annotations.NullMarked;
