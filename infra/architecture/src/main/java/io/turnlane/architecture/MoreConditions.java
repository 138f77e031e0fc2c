package io.turnlane.architecture;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaStaticInitializer;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.annotation.Annotation;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Conditions that ArchUnit does not provide. */
final class MoreConditions {

    private static final List<Class<?>> MUTABLE = List.of(
            Collection.class,
            Map.class,
            BitSet.class,
            StringBuilder.class,
            ThreadLocal.class,
            Lock.class,
            Executor.class,
            Thread.class);

    private static final List<String> INJECTING = List.of(
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.beans.factory.annotation.Value",
            "jakarta.annotation.Resource",
            "jakarta.inject.Inject");

    private MoreConditions() {}

    private static <T> ArchCondition<T> condition(String description, BiConsumer<T, Violations> check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(T item, ConditionEvents events) {
                check.accept(item, message -> events.add(SimpleConditionEvent.violated(item, message)));
            }
        };
    }

    @FunctionalInterface
    private interface Violations {
        void add(String message);
    }

    /** Requires that the package of a class has a {@code package-info.java} with this annotation. */
    static ArchCondition<JavaClass> resideInAPackageThatIsAnnotatedWith(Class<? extends Annotation> annotation) {
        return condition(
                "reside in a package that has a package-info.java with @" + annotation.getSimpleName(),
                (type, violations) -> {
                    if (!type.getPackage().isAnnotatedWith(annotation)) {
                        violations.add(type.getPackageName() + " has no package-info.java with @"
                                + annotation.getSimpleName() + ", but contains " + type.getName());
                    }
                });
    }

    /** Requires that no framework sets a field. */
    static ArchCondition<JavaField> notBeInjected() {
        return condition(
                "not be injected",
                (field, violations) -> INJECTING.stream()
                        .filter(field::isAnnotatedWith)
                        .forEach(annotation ->
                                violations.add(field.getFullName() + " is annotated with " + annotation)));
    }

    /** Requires that all static fields are final, and that static initializers create no mutable objects. */
    static ArchCondition<JavaClass> holdNoStaticState() {
        return condition("hold no static state", (type, violations) -> {
            type.getFields().stream()
                    .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                    .filter(Predicate.not(field -> field.getModifiers().contains(JavaModifier.FINAL)))
                    .forEach(field -> violations.add(field.getFullName() + " is static, but not final"));
            type.getStaticInitializer().stream()
                    .flatMap(MoreConditions::creations)
                    .forEach(creation -> violations.add("A static field may be mutable: " + creation.getDescription()));
        });
    }

    private static Stream<JavaAccess<?>> creations(JavaStaticInitializer initializer) {
        return Stream.concat(
                initializer.getConstructorCallsFromSelf().stream().filter(call -> isMutable(call.getTargetOwner())),
                initializer.getMethodCallsFromSelf().stream()
                        .filter(call -> call.getTargetOwner().isEquivalentTo(ConcurrentHashMap.class)));
    }

    private static boolean isMutable(JavaClass type) {
        return type.getPackageName().equals("java.util.concurrent.atomic")
                || MUTABLE.stream().anyMatch(type::isAssignableTo);
    }
}
