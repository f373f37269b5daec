package io.miroir.raft;

import io.miroir.image.ProgramImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the JVM of a {@link MemberProcess} starts. */
final class MemberImage {
    private static final List<String> OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    // Linked classes would be worth more, but no debugger could be attached (see
                    // Trap).
                    "-XX:-AOTClassLinking");

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private MemberImage() {}

    private static final class Once {
        static final ProgramImage IMAGE =
                ProgramImage.of(
                        Path.of("target", "member-image").toAbsolutePath(),
                        System.getProperty("java.class.path"),
                        new ProgramImage.Training(
                                OPTIONS, Once::alone, "enqueue 20 100\nrole\ndigest\n"));

        /** A member that leads a cluster of its own, and writes. */
        private static List<String> alone(Path work) throws IOException {
            String port = String.valueOf(Group.freePeers().getFirst().port());
            String data = work.resolve("a").toString();
            return List.of(MemberProcess.class.getName(), "a", data, "a", port, "voter");
        }
    }

    /** The command of a member, as far as all have the same. */
    static List<String> command(String... jvmOptions) {
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(OPTIONS);
        command.add(Once.IMAGE.option());
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-cp", Once.IMAGE.classPath(), MemberProcess.class.getName()));
        return command;
    }
}
