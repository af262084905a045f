package dev.heddle.net;

/** A socket of a stack that is open, as the stack sees it. */
interface OpenSocket {

    /** For a stack that closes: ends the application's use, but lets what was written be sent. */
    void closeAfterSending();
}
