/** Each rule that other servers break, shown over the wire by a client that shares no code with the server. */
package org.twinshare.fileserver.rules;
