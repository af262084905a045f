package dev.heddle.core.buffer;

/** Takes references to ranges of chunks. They are valid only while the owner of the bytes is locked. */
@FunctionalInterface
public interface SliceSink {

    void slice(Chunk chunk, int offset, int length);
}
