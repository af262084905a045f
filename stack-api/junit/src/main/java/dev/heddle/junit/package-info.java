/** Simulated networks as an extension of JUnit 5. */
@NullMarked
package dev.heddle.junit;

import org.jspecify.annotations.NullMarked;
