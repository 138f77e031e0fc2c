package io.turnlane.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Assigns classes to the parts of a module between which cycles are searched.
 *
 * @param part returns the part to which a class belongs
 */
record Slices(String getDescription, Function<JavaClass, SliceIdentifier> part) implements SliceAssignment {

    /** Returns slices of which each contains the classes of one package, without those of its subpackages. */
    static Slices ofPackages() {
        return new Slices("packages", type -> SliceIdentifier.of(type.getPackageName()));
    }

    /**
     * Returns slices of which each contains the classes of one file. Ignores the classes of other packages. A nested
     * class belongs to the file of its outermost class.
     */
    static Slices ofFilesIn(String... packages) {
        Predicate<JavaClass> included = JavaClass.Predicates.resideInAnyPackage(packages);
        return new Slices(
                "files of " + List.of(packages),
                type -> included.test(type)
                        ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""))
                        : SliceIdentifier.ignore());
    }

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
        return part.apply(type);
    }
}
