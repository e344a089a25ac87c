/** The MOUNT protocol, version 3 (RFC 1813 appendix I): gives clients the handle to begin with. */
package org.twinshare.fileserver.mount3;
