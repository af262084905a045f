/** Congestion control in the simulator: beside the theory, over time, and shared among flows. */
@NullMarked
package dev.heddle.benchmarks.congestion;

import org.jspecify.annotations.NullMarked;
