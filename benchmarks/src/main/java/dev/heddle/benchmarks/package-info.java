/** What the engine costs, in one thread and without a device. */
@NullMarked
package dev.heddle.benchmarks;

import org.jspecify.annotations.NullMarked;
