package org.twinshare.fileserver.rpc;

import org.twinshare.exports.options.Credential;

/** The header of a call (RFC 5531 section 9, call_body), with the credential and without the verifier. */
record CallHeader(int xid, int program, int version, int procedure, Credential credential) {}
