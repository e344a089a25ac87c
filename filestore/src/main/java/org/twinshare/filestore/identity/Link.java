package org.twinshare.filestore.identity;

import org.twinshare.filestore.Name;

/** A name of an object: the directory that holds it, by id, and the entry there. */
public record Link(long directory, Name name) {}
