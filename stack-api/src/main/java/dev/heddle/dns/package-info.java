/**
 * Names by the DNS, over sockets that somebody else makes. What is asked and answered is dnsjava's business; here is whom it is
 * asked of, for how long, and what counts as an answer.
 */
@NullMarked
package dev.heddle.dns;

import org.jspecify.annotations.NullMarked;
