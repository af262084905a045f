package dev.heddle.dns;

import java.io.IOException;

/** No server has given an answer; the message says of each what it did instead. */
final class NoAnswerException extends IOException {

    private static final long serialVersionUID = 1;

    NoAnswerException(String message) {
        super(message);
    }
}
