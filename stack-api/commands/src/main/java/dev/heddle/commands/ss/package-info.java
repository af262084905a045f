/** {@code bin/heddle ss}. */
@NullMarked
package dev.heddle.commands.ss;

import org.jspecify.annotations.NullMarked;
