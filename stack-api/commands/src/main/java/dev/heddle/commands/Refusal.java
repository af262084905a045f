package dev.heddle.commands;

/** Why a command ends without having done what it was told, in one line for the user, and the status of its process. */
@SuppressWarnings("serial") // nobody serializes it
public final class Refusal extends RuntimeException {

    /** What was asked for is wrong, or cannot be on this machine. */
    public static final int USAGE = 2;

    /** It was tried and did not work. */
    public static final int FAILED = 1;

    private final int status;

    private Refusal(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What cannot be done at all: the message says what to do instead. */
    public static Refusal usage(String message) {
        return new Refusal(USAGE, message);
    }

    /** What the network has not done. */
    public static Refusal failed(String message) {
        return new Refusal(FAILED, message);
    }

    public int status() {
        return status;
    }
}
