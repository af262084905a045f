/** The load generator on the kernel's sockets. */
@NullMarked
package dev.heddle.benchmarks.load;

import org.jspecify.annotations.NullMarked;
