/** User datagrams (RFC 768): what is checked of those that come, and how those look that go. */
@NullMarked
package dev.heddle.core.udp;

import org.jspecify.annotations.NullMarked;
