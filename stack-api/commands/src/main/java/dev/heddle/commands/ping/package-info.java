/** {@code bin/heddle ping}. */
@NullMarked
package dev.heddle.commands.ping;

import org.jspecify.annotations.NullMarked;
