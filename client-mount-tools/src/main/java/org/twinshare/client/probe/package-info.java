/**
 * An NFSv3 and MOUNT v3 client for tools and tests, with an encoder and decoder of its own: it shares no code with the
 * server, so that a mistake in one is not hidden by the same mistake in the other.
 */
package org.twinshare.client.probe;
