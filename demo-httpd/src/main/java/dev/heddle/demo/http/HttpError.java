package dev.heddle.demo.http;

/** A request that is answered with an error. */
final class HttpError extends Exception {

    private static final long serialVersionUID = 1;

    private final int status;

    HttpError(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The status code of the answer, 4xx. */
    int status() {
        return status;
    }
}
