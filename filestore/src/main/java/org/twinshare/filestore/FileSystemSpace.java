package org.twinshare.filestore;

/**
 * Space and inodes of a file system, in bytes and counts.
 *
 * @param availableBytes what a user other than root may still write
 * @param availableFiles the inodes that a user other than root may still take
 */
public record FileSystemSpace(
        long totalBytes, long freeBytes, long availableBytes, long totalFiles, long freeFiles, long availableFiles) {}
