/** One benchmark run: namespaces, the programs in them, measurements in turn, a report. */
@NullMarked
package dev.heddle.benchmarks.run;

import org.jspecify.annotations.NullMarked;
