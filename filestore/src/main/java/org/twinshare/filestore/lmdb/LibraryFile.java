package org.twinshare.filestore.lmdb;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.filestore.LibraryMissing;

/**
 * The native library on its way from its jar into the process. The system loads a library from a file only, so it is one for
 * a moment, and has no name any more when it is loaded: nothing is left behind, also by a process that is killed.
 */
final class LibraryFile {
    /** In the jar org.lmdbjava:native, by processor and C library. */
    private static final String RESOURCE = "/org/lmdbjava/native/" + processor() + "-linux-gnu.so";

    private LibraryFile() {}

    private static String processor() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    /** Loads it by way of the first of these directories from where the system does that; some are mounted noexec. */
    static void load(List<Path> places) throws LibraryMissing {
        List<String> failures = new ArrayList<>();
        for (Path place : places) {
            try (InputStream library = LibraryFile.class.getResourceAsStream(RESOURCE)) {
                if (library == null) {
                    throw new LibraryMissing(
                            "the class path has no " + RESOURCE,
                            "there is one for x86_64 and one for aarch64; where this is one of them, build or unpack it again");
                }
                load(library, place);
                return;
            } catch (LibraryMissing missing) {
                throw missing;
            } catch (IOException e) {
                failures.add("no file can be made in " + place + " (" + e + ")");
            } catch (UnsatisfiedLinkError e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        throw new LibraryMissing(
                String.join("; ", failures),
                "name a directory with room from where programs may run (not mounted noexec):"
                        + " TWINSHARE_JAVA_OPTIONS=-Djava.io.tmpdir=DIR");
    }

    private static void load(InputStream library, Path place) throws IOException {
        // Readable by its owner only, and nobody else can put another in its place.
        Path file = Files.createTempFile(place, "liblmdb-", ".so");
        try {
            try (OutputStream to = Files.newOutputStream(file)) {
                long unusedLength = library.transferTo(to);
            }
            System.load(file.toAbsolutePath().toString());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** What it has, after {@link #load(List)}. */
    static SymbolLookup functions() {
        // Those of the libraries that this class has loaded, which is the one.
        return SymbolLookup.loaderLookup();
    }
}
