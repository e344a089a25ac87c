package org.twinshare.client.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.twinshare.client.node.LocalNode;

/**
 * Runs several commands in one process, with {@code --then} between them. Started by {@code packaging/train-twinmount} alone, so
 * that the cache of classes knows what each of them loads.
 */
public final class Training {
    private Training() {}

    public static void main(String... words) {
        List<String> rest = new ArrayList<>(Arrays.asList(words));
        while (!rest.isEmpty()) {
            int end = rest.contains("--then") ? rest.indexOf("--then") : rest.size();
            int unused = Twinmount.run(new LocalNode(), rest.subList(0, end).toArray(String[]::new));
            rest = new ArrayList<>(rest.subList(Math.min(end + 1, rest.size()), rest.size()));
        }
        System.exit(0);
    }
}
