/** This server as one of a pair: in one role after another, and what it does about each. */
package org.twinshare.replication.twin;
