/** Who may answer clients: roles, epochs, what is known of the other server, and the decisions made of it. */
package org.twinshare.replication.role;
