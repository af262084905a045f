/** A program that has given the JVM a socket factory of its own before it meets Heddle. */
@NullMarked
package dev.heddle.otherfactories;

import org.jspecify.annotations.NullMarked;
