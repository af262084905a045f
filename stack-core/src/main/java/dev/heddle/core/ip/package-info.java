/** IPv4 and IPv6 input and output; knows no transport. */
@NullMarked
package dev.heddle.core.ip;

import org.jspecify.annotations.NullMarked;
