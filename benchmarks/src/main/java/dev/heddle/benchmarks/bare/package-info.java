/** What a TUN interface gives at most: answers to segments without any TCP behind them. */
@NullMarked
package dev.heddle.benchmarks.bare;

import org.jspecify.annotations.NullMarked;
