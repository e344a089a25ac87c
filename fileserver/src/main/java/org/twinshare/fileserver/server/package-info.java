/** The server as a whole: puts the rooms together, starts and stops them. */
package org.twinshare.fileserver.server;
