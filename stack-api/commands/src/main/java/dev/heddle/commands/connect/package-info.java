/** {@code bin/heddle connect}. */
@NullMarked
package dev.heddle.commands.connect;

import org.jspecify.annotations.NullMarked;
