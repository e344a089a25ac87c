package org.twinshare.filestore.identity;

/** The tables of the index file. Numbers in keys are big-endian, so that they sort. */
enum Table {
    /** Object id: {@link ObjectRecord}. */
    OBJECTS,
    /** Volume number (2 bytes) and inode number: object id. */
    INODES,
    /** Object id, directory id, name: nothing. Names beyond the one in the object's record, of hard links. */
    LINKS,
    /** Directory id, name: cookie. Only of names whose cookie was taken by another name when they came. */
    COOKIES,
    /** Text: what the text says. */
    FACTS
}
