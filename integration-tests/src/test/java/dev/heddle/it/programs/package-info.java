/** Programs that know nothing of Heddle: nothing here may name it. */
@NullMarked
package dev.heddle.it.programs;

import org.jspecify.annotations.NullMarked;
