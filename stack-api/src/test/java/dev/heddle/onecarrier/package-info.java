/** A program whose virtual threads have one carrier between them. */
@NullMarked
package dev.heddle.onecarrier;

import org.jspecify.annotations.NullMarked;
