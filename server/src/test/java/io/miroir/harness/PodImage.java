package io.miroir.harness;

import io.miroir.cli.Main;
import io.miroir.cli.fleet.JavaLaunch;
import io.miroir.image.ProgramImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the JVMs of pods, nodes and demos start in tests: as those of an image do, but smaller. */
public final class PodImage {
    private PodImage() {}

    private static final class Once {
        static final ProgramImage IMAGE =
                ProgramImage.of(
                        Path.of("target", "pod-image").toAbsolutePath(),
                        classPath(),
                        new ProgramImage.Training(
                                plain().options(),
                                work ->
                                        List.of(
                                                Main.class.getName(),
                                                "training",
                                                "--dir",
                                                work.toString()),
                                ""));
    }

    /** With an AOT cache, which a demo gives to its children, too. */
    public static JavaLaunch launch(String... jvmOptions) {
        List<String> options = new ArrayList<>(plain().options());
        options.add(Once.IMAGE.option());
        options.add("-D" + JavaLaunch.AOT_CACHE_PROPERTY + "=" + Once.IMAGE.cache());
        options.addAll(List.of(jvmOptions));
        return new JavaLaunch(plain().java(), Once.IMAGE.classPath(), options);
    }

    /** Without, as no debugger can be attached to classes that are linked in a cache. */
    static JavaLaunch debuggable(String... jvmOptions) {
        List<String> options = new ArrayList<>(plain().options());
        options.addAll(List.of(jvmOptions));
        return new JavaLaunch(plain().java(), plain().classPath(), options);
    }

    private static JavaLaunch plain() {
        JavaLaunch small = JavaLaunch.withClassPath(classPath());
        List<String> options = new ArrayList<>();
        options.add("@" + Path.of("..", "packaging", "jvm.flags").toAbsolutePath().normalize());
        options.addAll(small.options());
        return new JavaLaunch(small.java(), small.classPath(), options);
    }

    /** Surefire starts the tests with a jar that only points to the real class path. */
    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
