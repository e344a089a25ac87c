/** How the commands talk to the running server: one line of JSON each way over a socket in the state directory. */
package org.twinshare.fileserver.control;
