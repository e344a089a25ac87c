/** The journal, and everything that keeps a second copy. Empty until the journal comes. */
package org.twinshare.replication;
