package io.turnlane.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Rules for the code of a module. A test of each module extends this class. It names the packages of the module and
 * those of other modules that its code may use, and adds rules of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // reads the classes once
public abstract class ModuleArchitecture {

    private static final String PREFIX = "io.turnlane.";

    private final List<String> ownAndUsed = new ArrayList<>();
    private final String root;
    private final JavaClasses classes;

    /**
     * Reads the classes of a module without its tests.
     *
     * @param module name of the module's root package below {@code io.turnlane}, which contains all others
     * @param mayUse names of the other modules' packages that its code may use, as {@code store.request..}
     */
    protected ModuleArchitecture(String module, String... mayUse) {
        this(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS, module, mayUse);
    }

    /**
     * Reads the classes of a module.
     *
     * @param locations locations of the classes to read
     * @param module name of the module's root package below {@code io.turnlane}
     * @param mayUse names of the other modules' packages that its code may use
     */
    protected ModuleArchitecture(ImportOption locations, String module, String... mayUse) {
        root = PREFIX + module;
        classes = new ClassFileImporter().withImportOption(locations).importPackages(root);
        ownAndUsed.add(root + "..");
        for (String used : mayUse) {
            ownAndUsed.add(PREFIX + used);
        }
    }

    /** Checks a rule for all classes of the module. */
    protected final void check(ArchRule rule) {
        rule.check(classes);
    }

    @Test
    protected final void usesOnlyTheAllowedModules() {
        check(noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.turnlane..")
                        .and(resideOutsideOfPackages(ownAndUsed.toArray(String[]::new))))
                .because("docs/architecture.md states the modules that a module may use"));
    }

    @Test
    protected final void packagesHaveNoCycles() {
        check(slices().assignedFrom(Slices.ofPackages())
                .should()
                .beFreeOfCycles()
                .because("each package can be read after the packages that it uses"));
    }

    @Test
    protected final void foldersHaveNoCycles() {
        check(slices().matching(root + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .because("each folder can be read after the folders that it uses"));
    }

    /** Checks that the files in these packages have no cycles of dependencies, also across the packages. */
    protected final void filesHaveNoCycles(String... packages) {
        check(slices().assignedFrom(Slices.ofFilesIn(packages))
                .should()
                .beFreeOfCycles()
                .because("each class can be read after the classes that it uses"));
    }

    @Test
    protected void packagesAreDescribed() {
        check(classes().should(MoreConditions.resideInAPackageThatIsAnnotatedWith(NullMarked.class)));
    }

    @Test
    protected final void constructorsInject() {
        check(fields().should(MoreConditions.notBeInjected())
                .allowEmptyShould(true)
                .because("the constructor declares the dependencies of a class"));
    }

    @Test
    protected void holdsNoStaticState() {
        check(classes()
                .should(MoreConditions.holdNoStaticState())
                .because("two gateways, processors or tests may run in one JVM"));
    }

    @Test
    protected final void namesAreSpecific() {
        check(noClasses()
                .should()
                .haveNameMatching(".*(Impl|Manager|Utils?|Helper|DTO)")
                .because("such names fit any class"));
    }

    /** Checks that the code outside these packages reads no clock of the machine and does not sleep. */
    protected final void takesTheTimeFromAClock(String... exceptIn) {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(exceptIn)
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", Duration.class)
                .because("tests control the time"));
    }
}
