package dev.heddle.core.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the blocks of a pcapng file (draft-ietf-opsawg-pcapng) with one interface of raw IP packets and times in
 * nanoseconds. Any thread may call. The first error ends the writing; it is remembered, never thrown.
 */
final class PcapngWriter {

    private static final int SECTION_HEADER_BLOCK = 0x0A0D0D0A;
    private static final int INTERFACE_DESCRIPTION_BLOCK = 1;
    private static final int ENHANCED_PACKET_BLOCK = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int VERSION = 0x0001_0000;
    private static final long UNKNOWN_LENGTH = -1;

    private static final int LINKTYPE_RAW = 101;

    private static final int OPTION_END = 0;
    private static final int OPTION_IF_NAME = 2;
    private static final int OPTION_IF_TSRESOL = 9;
    private static final int OPTION_EPB_FLAGS = 2;
    /** A block's type and its length at both ends. */
    private static final int FRAME_BYTES = 12;

    private static final int EPB_FIXED_BYTES = 20;
    private static final int EPB_OPTIONS_BYTES = 12;

    private static final int BUFFER_BYTES = 256 * 1024;

    /** The direction bits of the option epb_flags. */
    static final int INBOUND = 1;

    static final int OUTBOUND = 2;

    private final WritableByteChannel channel;

    /** The channel is written under it: a capture may slow the traffic down. */
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. On the heap: the channel of a file copies it either way. */
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.BIG_ENDIAN);
    private boolean finished;

    private volatile @Nullable IOException failure;

    PcapngWriter(WritableByteChannel channel, String interfaceName) {
        this.channel = channel;
        buffer.putInt(SECTION_HEADER_BLOCK).putInt(FRAME_BYTES + 16);
        buffer.putInt(BYTE_ORDER_MAGIC).putInt(VERSION).putLong(UNKNOWN_LENGTH);
        buffer.putInt(FRAME_BYTES + 16);

        byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
        int length = FRAME_BYTES + 8 + 4 + padded(name.length) + 8 + 4;
        buffer.putInt(INTERFACE_DESCRIPTION_BLOCK).putInt(length);
        buffer.putShort((short) LINKTYPE_RAW).putShort((short) 0).putInt(0); // snapshot length 0: no limit
        buffer.putShort((short) OPTION_IF_NAME).putShort((short) name.length).put(name);
        pad(name.length);
        buffer.putShort((short) OPTION_IF_TSRESOL).putShort((short) 1).put((byte) 9); // 10^-9 s
        pad(1);
        buffer.putInt(OPTION_END).putInt(length);
    }

    /** Adds a packet with its checksum completed; the packet stays as it is. */
    void packet(Packet packet, int direction, long timeNs) {
        int captured = packet.length();
        int length = FRAME_BYTES + EPB_FIXED_BYTES + padded(captured) + EPB_OPTIONS_BYTES;
        lock.lock();
        try {
            if (finished) {
                return;
            }
            if (buffer.remaining() < length) {
                writeOut();
            }
            buffer.putInt(ENHANCED_PACKET_BLOCK).putInt(length);
            buffer.putInt(0).putLong(timeNs).putInt(captured).putInt(captured);
            packet.copyTo(0, captured, buffer, buffer.position());
            Segmenter.completeChecksumOfCopy(packet, buffer, buffer.position());
            buffer.position(buffer.position() + captured);
            pad(captured);
            buffer.putShort((short) OPTION_EPB_FLAGS).putShort((short) 4).putInt(direction);
            buffer.putInt(OPTION_END).putInt(length);
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is buffered to the channel. */
    void flush() {
        lock.lock();
        try {
            if (!finished) {
                writeOut();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is buffered and closes the channel. Idempotent. */
    void close() {
        lock.lock();
        try {
            if (!finished) {
                writeOut();
            }
            finished = true;
            channel.close();
        } catch (IOException e) {
            fail(e);
        } finally {
            lock.unlock();
        }
    }

    /** Why the writing ended; null if it did not, or by {@link #close}. */
    @Nullable IOException failure() {
        return failure;
    }

    private void writeOut() {
        buffer.flip();
        // The thread may be an application's; an interrupt of it must not close the channel.
        boolean interrupted = Thread.interrupted();
        try {
            while (buffer.hasRemaining()) {
                if (channel.write(buffer) <= 0) {
                    throw new IOException("the capture's channel takes nothing");
                }
            }
        } catch (IOException e) {
            fail(e);
        } finally {
            buffer.clear();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void fail(IOException e) {
        finished = true;
        if (failure == null) {
            failure = e;
        }
    }

    private static int padded(int length) {
        return (length + 3) & ~3;
    }

    private void pad(int length) {
        for (int i = length; i < padded(length); i++) {
            buffer.put((byte) 0);
        }
    }
}
