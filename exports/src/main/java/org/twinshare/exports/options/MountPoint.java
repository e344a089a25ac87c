package org.twinshare.exports.options;

import org.twinshare.exports.BytePath;

/** The option {@code mountpoint} or {@code mp}: export only while something is mounted there (exports(5)). */
public sealed interface MountPoint {

    /** The option is not given: export in any case. */
    record NotRequired() implements MountPoint {}

    /** {@code mp}: the exported directory itself must be a mount point. */
    record ExportedDirectory() implements MountPoint {}

    /** {@code mp=/path}: that directory must be one. */
    record At(BytePath path) implements MountPoint {}
}
