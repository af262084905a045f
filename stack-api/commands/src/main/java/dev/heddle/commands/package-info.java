/** The commands of {@code bin/heddle} that are programs of their own. */
@NullMarked
package dev.heddle.commands;

import org.jspecify.annotations.NullMarked;
