import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A step of the build: gives classes of libraries that are in the format of Java 5 or older the one of Java 8, with the
 * stack maps that it asks for. The code stays as it is.
 *
 * <p>An AOT cache takes no class without stack maps (JDK 25, SystemDictionaryShared), so those of picocli, ASM and
 * jnr-x86asm would be read, parsed and verified at each start. Jars without such classes are left alone, so a second
 * run changes nothing.
 *
 * <p>usage: java ModernClasses.java DIRECTORY
 */
public final class ModernClasses {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;
    private static final String NOTICE = "META-INF/MODIFIED-BY-IFQD";

    private ModernClasses() {}

    public static void main(String[] arguments) throws IOException {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(arguments[0]), "*.jar")) {
            found.forEach(jars::add);
        }
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        // for stack maps it matters what is a supertype of what: where two branches meet
        try (URLClassLoader all = new URLClassLoader(urls)) {
            ClassFile format = ClassFile.of(
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(all)),
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
            for (Path jar : jars) {
                if (hasOldClasses(jar)) {
                    modernize(jar, format);
                }
            }
        }
    }

    private static boolean hasOldClasses(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (isClass(entry)) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        if (isOld(in.readNBytes(Long.BYTES))) {
                            return true;
                        }
                    }
                }
            }
            return false;
        }
    }

    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(".class");
    }

    /** By the head of a class file: magic, minor and major version; JVMS 4.1. */
    private static boolean isOld(byte[] head) {
        return ((head[6] & 0xff) << 8 | head[7] & 0xff) < FIRST_WITH_STACK_MAPS;
    }

    private static void modernize(Path jar, ClassFile format) throws IOException {
        Path modern = jar.resolveSibling(jar.getFileName() + ".new");
        try (ZipFile from = new ZipFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(modern))) {
            List<? extends ZipEntry> entries = Collections.list(from.entries());
            for (ZipEntry entry : entries) {
                byte[] bytes;
                try (InputStream in = from.getInputStream(entry)) {
                    bytes = in.readAllBytes();
                }
                put(to, entry, isClass(entry) && isOld(bytes) ? modern(format, bytes) : bytes);
            }
            put(to, timed(NOTICE, entries.getFirst()), """
                    Classes in the format of Java 5 were given that of Java 8, with stack maps, by the build of ifqd; their code is unchanged.
                    """.getBytes(StandardCharsets.UTF_8));
        }
        Files.move(modern, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void put(ZipOutputStream to, ZipEntry like, byte[] bytes) throws IOException {
        to.putNextEntry(timed(like.getName(), like));
        to.write(bytes);
    }

    /** The time of the entry that it comes from: the same build gives the same jar. */
    private static ZipEntry timed(String name, ZipEntry like) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(like.getTimeLocal());
        return entry;
    }

    private static byte[] modern(ClassFile format, byte[] bytes) {
        ClassModel old = format.parse(bytes);
        ClassTransform version = (to, element) -> {
            if (element instanceof ClassFileVersion) {
                to.withVersion(ClassFile.JAVA_8_VERSION, 0);
            } else {
                to.with(element);
            }
        };
        // copied element by element, or the code would be taken as it is, without stack maps
        return format.transformClass(
                old, version.andThen(ClassTransform.transformingMethodBodies((to, element) -> to.with(element))));
    }
}
