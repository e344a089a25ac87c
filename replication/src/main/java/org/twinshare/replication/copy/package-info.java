/** How a tree gets to another server: asked for by the standby, and brought to the position at which it streams. */
package org.twinshare.replication.copy;
