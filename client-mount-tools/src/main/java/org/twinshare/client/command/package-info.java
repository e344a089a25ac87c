/** The twinmount command: options, output and exit codes. The only room that writes to the terminal. */
package org.twinshare.client.command;
