/** Dated copies of the standby's tree. */
@org.jspecify.annotations.NullMarked
package org.twinshare.fileserver.backup;
