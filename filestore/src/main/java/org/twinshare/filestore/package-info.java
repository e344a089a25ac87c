/**
 * One directory tree as POSIX sees it, with byte names and file ids of our own. This package is the seam that everything
 * else talks to ({@link org.twinshare.filestore.FileTree}); the tree on the local disk is in {@code local}, what is kept
 * about each object in {@code identity}, and the only native calls of the project in {@code posix}.
 */
package org.twinshare.filestore;
