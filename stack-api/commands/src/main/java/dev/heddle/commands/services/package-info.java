/** {@code bin/heddle services}. */
@NullMarked
package dev.heddle.commands.services;

import org.jspecify.annotations.NullMarked;
