package io.jotgate;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** What a library of Linux says of its own length. */
final class ElfFile {
    private static final int HEADER = 64;

    private ElfFile() {}

    /**
     * The rule and its reason: ARCHITECTURE.md, "Before a native library is loaded".
     *
     * @throws IOException it is cut off
     */
    static void mustBeWhole(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining() && channel.read(header) >= 0) {
                continue;
            }
            if (header.hasRemaining()) {
                throw new EOFException("it is cut off after " + channel.size() + " of " + HEADER + " bytes");
            }
            boolean elf = header.getInt(0) == 0x464c457f;
            // The numbers in a header have no sign.
            long table = (long) Short.toUnsignedInt(header.getShort(58)) * Short.toUnsignedInt(header.getShort(60));
            long length = header.getLong(40) + table;
            if (elf && Long.compareUnsigned(channel.size(), length) < 0) {
                String whole = Long.toUnsignedString(length);
                throw new EOFException("it is cut off after " + channel.size() + " of " + whole + " bytes");
            }
        }
    }
}
