/** The web node's side: what the twinmount command does on real Linux clients, in front of real web servers. */
package org.twinshare.fileserver.webnode;
