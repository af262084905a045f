/** Heddle against real Linux peers: kernel TCP in throw-away network namespaces and in containers, over TUN. */
@org.jspecify.annotations.NullMarked
package dev.heddle.it;
