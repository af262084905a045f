/** Programs on the JDK's own sockets that the tests start on the kernel's side of a TUN, and what both sides agree on. */
@org.jspecify.annotations.NullMarked
package dev.heddle.it.peer;
