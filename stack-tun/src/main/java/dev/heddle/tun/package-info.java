/** Links over Linux's {@code /dev/net/tun}, with segmentation and checksum offload. */
@NullMarked
package dev.heddle.tun;

import org.jspecify.annotations.NullMarked;
