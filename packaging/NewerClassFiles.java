import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Brings the classes of jars that were compiled for Java 5 to the form of Java 8, in place: java NewerClassFiles.java JAR...
 *
 * <p>An ahead-of-time cache takes no class without stack maps (JEP 483; class files before version 50), and picocli has
 * such: to load, check and link them took a third of the time of a short command. Nothing else of a class changes.
 */
final class NewerClassFiles {
    /** The first version whose classes the cache takes. */
    private static final int WITH_STACK_MAPS = 50;

    private static final int JAVA_8 = 52;

    private final Map<Path, Map<String, byte[]>> jars = new LinkedHashMap<>();

    private final ClassFile classFiles = ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(
                            type -> found(type.descriptorString()))
                    .orElse(ClassHierarchyResolver.defaultResolver())));

    public static void main(String[] paths) throws IOException {
        NewerClassFiles all = new NewerClassFiles();
        for (String path : paths) {
            all.jars.put(Path.of(path), read(Path.of(path)));
        }
        for (Map.Entry<Path, Map<String, byte[]>> jar : all.jars.entrySet()) {
            if (jar.getValue().entrySet().stream().anyMatch(NewerClassFiles::isOld)) {
                all.write(jar.getKey(), jar.getValue());
            }
        }
    }

    private static Map<String, byte[]> read(Path path) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile jar = new ZipFile(path.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
                entries.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private static boolean isOld(Map.Entry<String, byte[]> entry) {
        byte[] bytes = entry.getValue();
        return entry.getKey().endsWith(".class") && ((bytes[6] & 0xff) << 8 | bytes[7] & 0xff) < WITH_STACK_MAPS;
    }

    private void write(Path path, Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry named = new ZipEntry(entry.getKey());
                named.setTime(0);
                jar.putNextEntry(named);
                jar.write(isOld(entry) ? newer(entry.getValue()) : entry.getValue());
            }
        }
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.write(fresh, bytes.toByteArray());
        Files.move(fresh, path, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private byte[] newer(byte[] old) {
        ClassTransform codeAgain = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
        return classFiles.transformClass(classFiles.parse(old), codeAgain.andThen((to, element) -> {
            if (element instanceof ClassFileVersion) {
                to.withVersion(JAVA_8, 0);
            } else {
                to.with(element);
            }
        }));
    }

    private ByteArrayInputStream found(String descriptor) {
        String name = descriptor.substring(1, descriptor.length() - 1) + ".class";
        return jars.values().stream()
                .filter(entries -> entries.containsKey(name))
                .findFirst()
                .map(entries -> new ByteArrayInputStream(entries.get(name)))
                .orElse(null);
    }
}
