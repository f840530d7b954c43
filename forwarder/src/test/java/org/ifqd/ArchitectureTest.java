package org.ifqd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ifqd.cli.Main;
import org.ifqd.linux.Libc;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The dependency directions of the architecture: cli ▶ daemon ▶ check ▶ host, link, service ▶ config, control, metrics,
 * log ▶ bridge ▶ port, watchdog ▶ ifq ▶ frame, stats.
 */
class ArchitectureTest {
    private static final List<List<String>> LAYERS = List.of(
            List.of("cli"),
            List.of("benchmark"),
            List.of("daemon", "probe"),
            List.of("check"),
            List.of("host", "link", "service"),
            List.of("config", "control", "metrics", "log"),
            List.of("bridge"),
            List.of("port", "watchdog"),
            List.of("ifq"),
            List.of("frame", "stats"));

    private static final int LONGEST_FILE = 400;
    private static final int MOST_PARAMETERS = 8;
    private static final int WIDEST_COMMENT = 120;

    /** A line of a comment, or one that ends with one. */
    private static final Pattern COMMENT = Pattern.compile("^\\s*(/?\\*|//)|; //");

    private static JavaClasses classes;

    @BeforeAll
    static void importMainClasses() throws URISyntaxException, IOException {
        classes = new ClassFileImporter().importLocations(List.of(origin(Main.class), origin(Libc.class)));
        assertTrue(classes.contain(Main.class.getName()) && classes.contain(Libc.class.getName()));
    }

    /** A directory of classes, or a jar: that depends on how far Maven has come. */
    private static Location origin(Class<?> type) throws URISyntaxException, IOException {
        Path path =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Files.isDirectory(path) ? Location.of(path) : Location.of(new JarFile(path.toFile()));
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> "org.ifqd." + name + "..").toArray(String[]::new);
    }

    @Test
    void dependenciesPointOneWay() {
        List<String> above = new ArrayList<>();
        for (List<String> layer : LAYERS) {
            ArchRule rule = noClasses()
                    .that()
                    .resideInAnyPackage(packages(layer))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(packages(above))
                    .allowEmptyShould(true);
            if (!above.isEmpty()) {
                rule.check(classes);
            }
            above.addAll(layer);
        }
    }

    /** A package that is in no layer would escape the test above. */
    @Test
    void everyPackageIsInALayer() {
        List<String> known = new ArrayList<>(List.of("linux"));
        LAYERS.forEach(known::addAll);
        noClasses()
                .that(resideInAPackage("org.ifqd.."))
                .should()
                .resideOutsideOfPackages(packages(known))
                .check(classes);
    }

    @Test
    void linuxKnowsNothingOfForwarding() {
        noClasses()
                .that(resideInAPackage("org.ifqd.linux.."))
                .should()
                .dependOnClassesThat(resideInAPackage("org.ifqd..").and(not(resideInAPackage("org.ifqd.linux.."))))
                .check(classes);
    }

    @Test
    void theHeartKnowsOnlyFramesAndCounters() {
        noClasses()
                .that(resideInAPackage("org.ifqd.ifq.."))
                .should()
                .dependOnClassesThat(not(resideInAnyPackage(
                        "java.lang..",
                        "java.util..",
                        "jdk.jfr..",
                        "org.ifqd.ifq..",
                        "org.ifqd.frame..",
                        "org.ifqd.stats..")))
                .orShould()
                .dependOnClassesThat(resideInAPackage("java.lang.foreign.."))
                .check(classes);
    }

    @Test
    void nativeMemoryIsOnlyTouchedAtTheBorder() {
        noClasses()
                .that(not(resideInAPackage("org.ifqd.linux..")))
                .should()
                .dependOnClassesThat(resideInAPackage("java.lang.foreign.."))
                .check(classes);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)")
                .check(classes);
    }

    /** Records are lists of values by nature; what has more collaborators than this is two things. */
    @Test
    void nothingHasTooManyParameters() {
        List<String> tooMany = classes.stream()
                .filter(each -> !each.isRecord())
                .flatMap(each -> each.getCodeUnits().stream())
                .filter(each ->
                        !each.getModifiers().contains(JavaModifier.SYNTHETIC)) // lambdas, with what they capture
                .filter(each -> each.getRawParameterTypes().size() > MOST_PARAMETERS)
                .map(JavaCodeUnit::getFullName)
                .toList();
        assertEquals(List.of(), tooMany);
    }

    @Test
    void noSourceFileIsTooLong() throws IOException {
        List<String> tooLong = new ArrayList<>();
        int seen = 0;
        for (Path file : sources()) {
            long lines = Files.readAllLines(file).size();
            seen++;
            if (lines > LONGEST_FILE) {
                tooLong.add(file + ": " + lines + " lines");
            }
        }
        assertTrue(seen > 100, "only " + seen + " source files; wrong directory?");
        assertEquals(List.of(), tooLong);
    }

    @Test
    void noCommentIsWiderThanTheCode() throws IOException {
        List<String> tooWide = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).length() > WIDEST_COMMENT
                        && COMMENT.matcher(lines.get(i)).find()) {
                    tooWide.add(file + ":" + (i + 1));
                }
            }
        }
        assertEquals(List.of(), tooWide);
    }

    /** A newcomer can read a class together with one other, not with ten. */
    @Test
    void noCycleOfClassesIsLongerThanTwo() {
        ClassCycles cycles = new ClassCycles();
        for (JavaClass each : classes) {
            each.getDirectDependenciesFromSelf()
                    .forEach(dependency -> cycles.add(
                            dependency.getOriginClass().getName(),
                            dependency.getTargetClass().getName()));
        }
        assertEquals(List.of(), cycles.longerThan(2));
    }

    @Test
    void noPackagesDependOnEachOther() {
        SlicesRuleDefinition.slices()
                .matching("org.ifqd.(**)")
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : new String[] {"../native/src", "../forwarder/src"}) {
            try (Stream<Path> files = Files.walk(Path.of(module))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
            }
        }
        return all;
    }
}
