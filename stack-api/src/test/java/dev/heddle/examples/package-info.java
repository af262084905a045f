/** The programs of {@code docs/ways-in.md}. */
@NullMarked
package dev.heddle.examples;

import org.jspecify.annotations.NullMarked;
