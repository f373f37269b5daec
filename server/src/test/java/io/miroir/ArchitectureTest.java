package io.miroir;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.StringEntry;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.Date;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The walls of the house (docs/ARCHITECTURE.md): who may know what. */
class ArchitectureTest {
    private static JavaClasses miroir;

    @BeforeAll
    static void importClasses() {
        miroir =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.miroir");
    }

    @Test
    void theImportSeesTheHouse() {
        assertTrue(miroir.size() > 0, "rules over no classes would hold for nothing");
    }

    @Test
    void onlyTheEdgeAndRoutesKnowUndertow() {
        classes()
                .that(dependOn("io.undertow..", "org.xnio.."))
                .should()
                .resideInAnyPackage("io.miroir.edge..")
                .orShould()
                .haveSimpleNameEndingWith("Routes")
                .orShould(beNestedIn("Routes"))
                .allowEmptyShould(true)
                .check(miroir);
    }

    @Test
    void onlyRaftKnowsRatis() {
        classes()
                .that(dependOn("org.apache.ratis.."))
                .should()
                .resideInAPackage("io.miroir.raft..")
                .allowEmptyShould(true)
                .check(miroir);
    }

    @Test
    void onlyThePeersKnowGrpc() {
        classes()
                .that(dependOn("io.grpc.."))
                .and()
                .resideOutsideOfPackage("io.miroir.proto..")
                .should()
                .resideInAPackage("io.miroir.cluster.peer..")
                .allowEmptyShould(true)
                .check(miroir);
    }

    @Test
    void onlyAppliersAndReadsSpeakSql() {
        classes()
                .that(dependOn("java.sql..", "org.sqlite.."))
                .should()
                .resideInAnyPackage("io.miroir.sqlite..", "io.miroir.store..")
                .allowEmptyShould(true)
                .check(miroir);
    }

    /** What an applier does not write, a replay of the log would not bring back. */
    @Test
    void onlyAppliersWrite() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Applier")
                .and()
                .haveSimpleNameNotEndingWith("Table")
                // The engine's own rows within an apply, and a state that is set up offline.
                .and()
                .resideOutsideOfPackages(
                        "io.miroir.sqlite..",
                        "io.miroir.store.engine..",
                        "io.miroir.store.recovery..")
                .should()
                .callMethod(Sql.class, "update", String.class, Object[].class)
                .check(miroir);
    }

    /** Who names them by itself does not know of what lies beside them, or waits for its place. */
    @Test
    void oneClassNamesTheFilesOfTheDatabase() {
        Set<String> named =
                miroir.stream()
                        .map(JavaClass::getName)
                        // Measurements look at files of their own.
                        .filter(name -> !name.startsWith("io.miroir.bench."))
                        .filter(name -> texts(name).anyMatch(text -> text.startsWith("store.db")))
                        .collect(Collectors.toSet());
        assertEquals(Set.of(DatabaseFiles.class.getName()), named);
    }

    /** In the compiled class. */
    private static Stream<String> texts(String className) {
        String file = "/" + className.replace('.', '/') + ".class";
        try (InputStream in = ArchitectureTest.class.getResourceAsStream(file)) {
            byte[] compiled = Objects.requireNonNull(in, file).readAllBytes();
            return StreamSupport.stream(
                            ClassFile.of().parse(compiled).constantPool().spliterator(), false)
                    .filter(StringEntry.class::isInstance)
                    .map(entry -> ((StringEntry) entry).stringValue());
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    @Test
    void onlyTheFanOutTalksToNodes() {
        classes()
                .that(dependOn("java.net.http.."))
                .should()
                // Commands are clients, and an embedded node calls its webhooks.
                .resideInAnyPackage("io.miroir.fanout..", "io.miroir.cli..", "io.miroir.embedded..")
                .check(miroir);
    }

    @Test
    void theCoreIsPure() {
        noClasses()
                .that()
                .resideInAPackage("io.miroir.core..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.io..",
                                "java.net..",
                                "java.nio.file..",
                                "java.nio.channels..",
                                "java.sql..",
                                "java.util.concurrent.."))
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, Random.class, ThreadLocalRandom.class)
                .check(miroir);
    }

    /** Rule 19: a wall clock counts where it is handed over, at the start of a store. */
    @Test
    void theStoreHasNoWallClockOfItsOwn() {
        noClasses()
                .that()
                .resideInAnyPackage("io.miroir.raft..", "io.miroir.store..", "io.miroir.sqlite..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(InstantSource.class, "system")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, Date.class)
                .check(miroir);
    }

    @Test
    void theCoreStandsOnTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("io.miroir.core..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("io.miroir.core..", "java..", "org.jspecify.."))
                .check(miroir);
    }

    @Test
    void theTaskStoreKnowsNothingOfThePod() {
        noClasses()
                .that()
                .resideInAnyPackage("io.miroir.store..", "io.miroir.sqlite..", "io.miroir.raft..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "io.miroir.api..",
                                "io.miroir.core..",
                                "io.miroir.edge..",
                                "io.miroir.fanout..",
                                "io.miroir.cluster..",
                                "io.miroir.duty..",
                                "io.miroir.capability..",
                                "io.miroir.embedded..",
                                "io.miroir.config..",
                                "io.miroir.cli.."))
                .check(miroir);
    }

    @Test
    void theEmbeddedNodeIsNotPartOfThePod() {
        noClasses()
                .that(
                        resideInAnyPackage(
                                "io.miroir.edge..",
                                "io.miroir.fanout..",
                                "io.miroir.cluster..",
                                "io.miroir.duty..",
                                "io.miroir.capability.."))
                .should()
                .dependOnClassesThat(resideInAPackage("io.miroir.embedded.."))
                .allowEmptyShould(true)
                .check(miroir);
    }

    @Test
    void theWordsOfTheApiStandOnTheCoreAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.miroir.api..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.miroir..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "io.miroir.api..", "io.miroir.core.."))))
                .allowEmptyShould(true)
                .check(miroir);
    }

    @Test
    void capabilityRoomsDoNotImportEachOther() {
        SliceRule rule =
                SlicesRuleDefinition.slices()
                        .matching("io.miroir.capability.*.(*)..")
                        .should()
                        .notDependOnEachOther();
        rule.allowEmptyShould(true).check(miroir);
    }

    private static DescribedPredicate<JavaClass> dependOn(String... packages) {
        DescribedPredicate<JavaClass> target = resideInAnyPackage(packages);
        return DescribedPredicate.describe(
                "depend on " + String.join(", ", packages),
                javaClass ->
                        javaClass.getDirectDependenciesFromSelf().stream()
                                .anyMatch(d -> target.test(d.getTargetClass())));
    }

    private static com.tngtech.archunit.lang.ArchCondition<JavaClass> beNestedIn(String suffix) {
        DescribedPredicate<JavaClass> named = simpleNameEndingWith(suffix);
        return com.tngtech.archunit.lang.conditions.ArchConditions.be(
                DescribedPredicate.describe(
                        "nested in a class named *" + suffix,
                        javaClass -> javaClass.getEnclosingClass().map(named::test).orElse(false)));
    }
}
