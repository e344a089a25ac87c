/**
 * Keeps a local copy of a source tree equal to the server's live release: rsync transfers, this stages, verifies, flips by
 * one rename and goes back by another.
 */
package org.twinshare.client.pull;
