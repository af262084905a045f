package dev.heddle.it.programs;

import java.io.IOException;
import java.util.List;

/** What a program can be told to do, each by a word. */
public interface Tasks extends AutoCloseable {

    /**
     * Does one of them.
     *
     * @param midway called where something may happen to the program's peer
     * @return what was done
     */
    String run(String task, List<String> arguments, Runnable midway) throws Exception;

    @Override
    void close() throws IOException;
}
