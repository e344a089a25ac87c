package org.twinshare.filestore;

/** The types of file system objects (POSIX sys/stat.h); the format bits are those of {@code st_mode}. */
public enum FileType {
    REGULAR(0100000),
    DIRECTORY(0040000),
    BLOCK_DEVICE(0060000),
    CHARACTER_DEVICE(0020000),
    SYMLINK(0120000),
    SOCKET(0140000),
    FIFO(0010000);

    private static final int FORMAT_MASK = 0170000;
    private static final FileType[] VALUES = values();

    private final int formatBits;

    FileType(int formatBits) {
        this.formatBits = formatBits;
    }

    /** The S_IFMT bits of this type. */
    public int formatBits() {
        return formatBits;
    }

    /** The type in the S_IFMT bits of {@code st_mode}. */
    public static FileType ofMode(int mode) {
        for (FileType type : VALUES) {
            if (type.formatBits == (mode & FORMAT_MASK)) {
                return type;
            }
        }
        throw new IllegalArgumentException("no file type has mode 0" + Integer.toOctalString(mode));
    }
}
