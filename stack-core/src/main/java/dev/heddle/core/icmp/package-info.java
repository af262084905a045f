/** ICMPv4 and ICMPv6. */
@NullMarked
package dev.heddle.core.icmp;

import org.jspecify.annotations.NullMarked;
