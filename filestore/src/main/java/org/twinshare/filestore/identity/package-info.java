/** What is kept about each object beside its inode: its id, its local key, its names and our ctime; and the cluster's key. */
package org.twinshare.filestore.identity;
