/** Many hosts, links and applications in one thread under virtual time. */
@NullMarked
package dev.heddle.core.sim;

import org.jspecify.annotations.NullMarked;
