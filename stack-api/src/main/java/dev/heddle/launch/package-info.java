/** The stack of a program that knows nothing of it. */
@NullMarked
package dev.heddle.launch;

import org.jspecify.annotations.NullMarked;
