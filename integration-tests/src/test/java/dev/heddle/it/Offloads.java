package dev.heddle.it;

/** How a test's TUN is opened: with super-segments and incomplete checksums, or plain. */
enum Offloads {
    ON,
    OFF
}
