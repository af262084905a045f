package dev.heddle.core.host;

/** Something whose callbacks run when no lock is held, at the end of a batch if there is one. */
interface Wakeable {

    /** Runs the callbacks that are due. */
    void fire();
}
