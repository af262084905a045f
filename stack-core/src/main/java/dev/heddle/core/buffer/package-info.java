/** Off-heap memory under one limit, and windows of the byte stream kept in it. */
@NullMarked
package dev.heddle.core.buffer;

import org.jspecify.annotations.NullMarked;
