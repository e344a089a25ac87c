/** What both servers compare to know that their trees are the same. */
package org.twinshare.replication.namespace;
