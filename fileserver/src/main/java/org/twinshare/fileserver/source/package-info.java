/**
 * The source tree of the web nodes: releases frozen from a working tree, the rsync daemon that serves them, and the
 * channel by which nodes learn of them. Knows nothing of NFS.
 */
package org.twinshare.fileserver.source;
