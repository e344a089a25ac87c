package org.twinshare.fileserver.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Walks a tree again and again, as a request does: opens the target once, and reads every {@code .php} below that. */
final class Reader implements AutoCloseable {
    private final Path target;
    private final List<String> mixed = new CopyOnWriteArrayList<>();
    private final Set<String> seen = new ConcurrentSkipListSet<>();
    private final AtomicInteger walks = new AtomicInteger();
    private final Thread thread;

    Reader(Path target) {
        this.target = target;
        thread = Thread.ofPlatform().daemon().start(this::walk);
    }

    private void walk() {
        while (!Thread.interrupted()) {
            Set<String> contents = new HashSet<>();
            try {
                Path root = target.toRealPath();
                try (Stream<Path> files = Files.walk(root)) {
                    for (Path file : files.filter(path -> path.toString().matches(".*/d\\d/.*\\.php"))
                            .toList()) {
                        contents.add(Files.readString(file));
                    }
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                mixed.add(e.toString());
            }
            if (contents.size() != 1) {
                mixed.add(new TreeSet<>(contents).toString());
            }
            seen.addAll(contents);
            walks.incrementAndGet();
        }
    }

    List<String> mixed() {
        return mixed;
    }

    int seen() {
        return seen.size();
    }

    int walks() {
        return walks.get();
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
