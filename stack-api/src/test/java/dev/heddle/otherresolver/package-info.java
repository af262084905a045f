/** Somebody else's names, as a program that has another provider of them sees Heddle. */
@NullMarked
package dev.heddle.otherresolver;

import org.jspecify.annotations.NullMarked;
