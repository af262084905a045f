/**
 * All that a program started on Heddle can see of it: an agent, and the provider that the JDK asks for host names. Everything
 * else is in a class loader of its own, and never meets the program's versions of the same libraries.
 */
@NullMarked
package dev.heddle.agent;

import org.jspecify.annotations.NullMarked;
