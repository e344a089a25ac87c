/** What a record says of everything it touches, and both servers compare. */
package org.twinshare.replication.namespace;
