/** Wire formats: views over packet bytes, and the arithmetic that belongs to them. */
@NullMarked
package dev.heddle.core.wire;

import org.jspecify.annotations.NullMarked;
