/** This web node: its programs, its files and what is mounted. Nothing here touches a mounted path in this process. */
package org.twinshare.client.node;
