/** A small web site on Apache HttpCore, which runs on whatever {@link javax.net.ServerSocketFactory} it is given. */
@NullMarked
package dev.heddle.demo.http;

import org.jspecify.annotations.NullMarked;
