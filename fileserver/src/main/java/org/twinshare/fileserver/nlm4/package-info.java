/** The lock manager's protocol, answered at once so that no client ever waits for a lock (X/Open XNFS, RFC 1813 section 6). */
package org.twinshare.fileserver.nlm4;
