/** A program as somebody writes it who has no Micrometer. */
@NullMarked
package dev.heddle.withoutmicrometer;

import org.jspecify.annotations.NullMarked;
