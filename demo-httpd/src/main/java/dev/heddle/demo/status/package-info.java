/** What the demonstration shows of its stacks: metrics for Prometheus and a page for people. */
@NullMarked
package dev.heddle.demo.status;

import org.jspecify.annotations.NullMarked;
