/** NFS version 3 (RFC 1813): one file for each procedure or family of procedures, over {@code filestore.FileTree}. */
package org.twinshare.fileserver.nfs3;
