/** Linux system calls by their own names, through java.lang.foreign: the only native calls of the project. */
package org.twinshare.filestore.posix;
