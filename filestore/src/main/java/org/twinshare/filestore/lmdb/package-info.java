/** LMDB, a store of keys and values in one mapped file (lmdb.h of its version 0.9): what the index needs of it, and no more. */
package org.twinshare.filestore.lmdb;
