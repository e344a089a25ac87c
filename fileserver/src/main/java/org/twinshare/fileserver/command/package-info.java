/** The {@code twinshare} command: reads options, prints results, and gives exit codes their meaning. */
package org.twinshare.fileserver.command;
