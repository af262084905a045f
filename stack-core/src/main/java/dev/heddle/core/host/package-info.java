/** One IP host: dispatch, endpoints, tables, and the pump that drives them. */
@NullMarked
package dev.heddle.core.host;

import org.jspecify.annotations.NullMarked;
