/** What befalls a stack and its connections, as events of the JDK's Flight Recorder. */
@NullMarked
package dev.heddle.jfr;

import org.jspecify.annotations.NullMarked;
