/** The demonstration: a web server on Heddle's sockets, with its command line. */
@NullMarked
package dev.heddle.demo;

import org.jspecify.annotations.NullMarked;
