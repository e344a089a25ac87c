/** The journal, and everything that keeps a second copy. */
package org.twinshare.replication;
