/** What the server counts, and the HTTP port where it can be read. */
package org.twinshare.fileserver.metrics;
