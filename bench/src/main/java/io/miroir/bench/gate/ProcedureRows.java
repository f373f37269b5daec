package io.miroir.bench.gate;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Each procedure of an operator, done once on both sides: whole pods here; there servers, sentinels
 * and pods that are nothing but a client, which start sooner than a whole one would.
 */
final class ProcedureRows {
    private ProcedureRows() {}

    static List<Measurement> all() {
        return List.of(
                procedure("install", Procedures::install),
                procedure("replace_member", Procedures::replaceMember),
                procedure("backup", Procedures::backup),
                procedure("restore", Procedures::restore),
                procedure("upgrade", Procedures::upgrade),
                procedure("rotate", Procedures::rotate));
    }

    private static Measurement procedure(
            String name, BiFunction<Procedures, Path, Steps> procedure) {
        String steps = "procedure." + name + ".steps";
        String seconds = "procedure." + name + ".seconds";
        return new Measured(
                List.of(steps, seconds),
                bench -> {
                    bench.closeArena();
                    Steps ours = procedure.apply(new PodProcedures(), bench.newDirectory(name));
                    Steps theirs = procedure.apply(new RedisProcedures(), bench.newDirectory(name));
                    return List.of(
                            row(
                                    steps,
                                    "",
                                    ours.count(),
                                    theirs.count(),
                                    "ours: %s; redis: %s".formatted(ours, theirs)),
                            row(
                                    seconds,
                                    "s",
                                    ours.seconds(),
                                    theirs.seconds(),
                                    "nobody thinks or types; Redis' pods are bare clients"));
                });
    }

    private static Row row(String id, String unit, double ours, double theirs, String note) {
        return Row.once(id, unit, Row.Good.LOW, ours, theirs, null, note);
    }
}
