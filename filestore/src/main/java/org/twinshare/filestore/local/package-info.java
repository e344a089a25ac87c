/** The tree on the local disk: decides what a request may change, and carries it out. */
package org.twinshare.filestore.local;
