package org.twinshare.exports.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.twinshare.exports.Diagnostic.Severity;
import org.twinshare.exports.Location;

/**
 * Reads exports files, the main one and those of the directory beside it, into entries and diagnostics. Every fault of
 * the files is a diagnostic, never an exception. Stateless.
 */
public final class ExportsReader {

    /** A larger file is refused: a table of ten thousand clients has a tenth of it. */
    public static final int MAX_FILE_BYTES = 1 << 20;

    private static final Comparator<Path> BY_NAME =
            Comparator.comparing(file -> file.getFileName().toString());

    private ExportsReader() {}

    /**
     * Reads {@code file}, and after it the files {@code *.exports} of the directory {@code file.d} in the order of
     * their names, those with a dot in front left out (exports(5), "Extra Export Tables").
     */
    public static ParseResult read(Path file) {
        Diagnostics diagnostics = new Diagnostics();
        List<Path> extra = extraFiles(file.resolveSibling(file.getFileName() + ".d"), diagnostics);
        List<ExportEntry> entries = new ArrayList<>();
        if (Files.exists(file) || extra.isEmpty()) {
            readFile(file, diagnostics, entries);
        }
        extra.forEach(each -> readFile(each, diagnostics, entries));
        return new ParseResult(entries, diagnostics.list());
    }

    /** Reads one file whose bytes are at hand; {@code fileName} is what the diagnostics call it. */
    public static ParseResult parse(String fileName, byte[] bytes) {
        Diagnostics diagnostics = new Diagnostics();
        List<ExportEntry> entries = new ArrayList<>();
        parse(fileName, bytes, diagnostics, entries);
        return new ParseResult(entries, diagnostics.list());
    }

    private static void parse(String fileName, byte[] bytes, Diagnostics diagnostics, List<ExportEntry> entries) {
        if (bytes.length > MAX_FILE_BYTES) {
            error(diagnostics, fileName, "longer than " + MAX_FILE_BYTES + " bytes", "this is no exports file");
            return;
        }
        SourceText source = new SourceText(fileName, bytes);
        Tokenizer tokenizer = new Tokenizer(source, diagnostics);
        for (List<Word> line = tokenizer.nextLine(); !line.isEmpty(); line = tokenizer.nextLine()) {
            entries.addAll(new LineReader(source, diagnostics, line).read());
        }
    }

    private static void readFile(Path file, Diagnostics diagnostics, List<ExportEntry> entries) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            error(diagnostics, file.toString(), "not a regular file", "write an exports file in its place");
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            parse(file.toString(), in.readNBytes(MAX_FILE_BYTES + 1), diagnostics, entries);
        } catch (NoSuchFileException missing) {
            String line = "/localData 192.168.1.2(rw)";
            error(diagnostics, file.toString(), "there is no such file", "write one, with lines such as  " + line);
        } catch (IOException unreadable) {
            error(diagnostics, file.toString(), "cannot be read: " + reason(unreadable), "make it readable");
        }
    }

    private static List<Path> extraFiles(Path directory, Diagnostics diagnostics) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.exports")) {
            for (Path each : found) {
                if (!each.getFileName().toString().startsWith(".")) {
                    files.add(each);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (IOException | DirectoryIteratorException unreadable) {
            String message = "cannot be listed: " + reason(unreadable);
            error(diagnostics, directory.toString(), message, "make it readable, or remove it");
        }
        files.sort(BY_NAME);
        return files;
    }

    private static String reason(Exception failure) {
        // The message of this one is the name of the file, which is said already.
        return failure instanceof AccessDeniedException ? "permission denied" : String.valueOf(failure.getMessage());
    }

    private static void error(Diagnostics diagnostics, String file, String message, String remedy) {
        diagnostics.add(Severity.ERROR, Location.ofFile(file), message, remedy);
    }
}
