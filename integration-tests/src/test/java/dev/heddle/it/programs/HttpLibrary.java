package dev.heddle.it.programs;

import java.io.IOException;
import java.io.InputStream;

/** A library for HTTP, used as its own manual says; its connections are kept and used again. */
public interface HttpLibrary extends AutoCloseable {

    /** Looks at the body of an answer while it comes. */
    @FunctionalInterface
    interface Reader {
        String read(InputStream body) throws IOException;
    }

    /** Asks for a page, whose status must be 200. */
    String get(String url, Reader reader) throws IOException;

    /** Sends a body to a page, and returns the answer's, whose status must be 200. */
    String post(String url, byte[] body) throws IOException;

    @Override
    void close() throws IOException;
}
