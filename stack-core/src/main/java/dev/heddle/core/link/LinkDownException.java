package dev.heddle.core.link;

/** The link has failed or was closed. */
public final class LinkDownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LinkDownException(String message) {
        super(message);
    }

    public LinkDownException(String message, Throwable cause) {
        super(message, cause);
    }
}
