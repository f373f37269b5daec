package io.miroir.bench.gate;

import static io.miroir.bench.gate.RedisServers.Durability.EQUAL;
import static io.miroir.bench.gate.RedisServers.Durability.USUAL;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Each procedure of an operator, done on both sides in turns: whole pods here; there servers,
 * sentinels and pods that are nothing but a client, which start sooner than a whole one would.
 */
final class ProcedureRows {
    private ProcedureRows() {}

    static List<Measurement> all() {
        return List.of(
                procedure("install", Procedures::install),
                procedure("replace_member", Procedures::replaceMember),
                procedure("leave", Procedures::leave),
                procedure("readdress", Procedures::readdress),
                procedure("convert", Procedures::convert),
                procedure("backup", Procedures::backup),
                procedure("restore", Procedures::restore),
                procedure("recover", Procedures::recover),
                procedure("upgrade", Procedures::upgrade),
                procedure("rotate", Procedures::rotate));
    }

    private static Measurement procedure(
            String name, BiFunction<Procedures, Path, Steps> procedure) {
        String steps = "procedure." + name + ".steps";
        String seconds = "procedure." + name + ".seconds";
        return new Measured(
                List.of(steps, seconds),
                effort -> effort.runsOf(Duration.ofSeconds(20)),
                bench -> {
                    bench.closeArena();
                    List<Steps> ours = new ArrayList<>();
                    List<Steps> equal = new ArrayList<>();
                    List<Steps> usual = new ArrayList<>();
                    for (int run = 0; run < bench.effort().runs(); run++) {
                        ours.add(procedure.apply(new PodProcedures(), bench.newDirectory(name)));
                        equal.add(procedure.apply(redis(EQUAL), bench.newDirectory(name)));
                        usual.add(procedure.apply(redis(USUAL), bench.newDirectory(name)));
                    }
                    Row.Runs runs = new Row.Runs(seconds(ours), seconds(equal), seconds(usual));
                    return List.of(
                            Row.once(
                                    steps,
                                    "",
                                    Row.Good.LOW,
                                    ours.getFirst().count(),
                                    equal.getFirst().count(),
                                    usual.getFirst().count(),
                                    "steps are counted",
                                    "ours: %s; redis: %s"
                                            .formatted(ours.getFirst(), equal.getFirst())),
                            Row.of(
                                    seconds,
                                    "s",
                                    Row.Good.LOW,
                                    runs,
                                    "nobody thinks or types; Redis' pods are bare clients"));
                });
    }

    private static Procedures redis(RedisServers.Durability durability) {
        return new RedisProcedures(durability);
    }

    private static List<Double> seconds(List<Steps> runs) {
        return runs.stream().map(Steps::seconds).toList();
    }
}
