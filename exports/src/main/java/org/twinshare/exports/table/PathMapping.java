package org.twinshare.exports.table;

import java.util.Map;
import org.twinshare.exports.BytePath;

/**
 * Which real directory a public path stands for, where it is not the same: the {@code --as} of the command line. A path
 * below a mapped one is mapped with it; the longest mapped path counts.
 *
 * @param directories real directory by public path
 */
public record PathMapping(Map<BytePath, BytePath> directories) {

    /** Every path is the directory of that name. */
    public static final PathMapping NONE = new PathMapping(Map.of());

    public PathMapping {
        directories = Map.copyOf(directories);
    }

    /** The real directory of a public path. */
    public BytePath directoryOf(BytePath path) {
        BytePath ancestor = path;
        while (true) {
            BytePath directory = directories.get(ancestor);
            if (directory != null) {
                return directory.append(path.namesBelow(ancestor));
            }
            if (ancestor.isRoot()) {
                return path;
            }
            ancestor = ancestor.parent();
        }
    }
}
