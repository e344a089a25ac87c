/** Linux system calls by their own names, through java.lang.foreign, and the one shape of all native calls. */
package org.twinshare.filestore.posix;
