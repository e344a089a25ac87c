/**
 * ONC RPC version 2 over TCP (RFC 5531) on oncrpc4j's transport, behind a fence: every length that a client sends is checked
 * before anything is allocated for it, and what one connection may have under way is bounded.
 */
package org.twinshare.fileserver.rpc;
