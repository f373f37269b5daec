package io.miroir.bench.gate;

import io.miroir.proto.store.Batch;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How fast one pod applies what is in its log, beside the bare statement in the same database. */
final class ApplyRows {
    private static final int COMMANDS = 100_000;
    private static final int COMMANDS_PER_ENTRY = 500;

    /** What the design asks for. */
    private static final double COMMANDS_PER_SECOND_MIN = 100_000;

    private ApplyRows() {}

    static Measurement measurement() {
        return new Measured(
                List.of("apply.rate", "apply.multiple"),
                effort -> effort.runsOf(Duration.ofMillis(700)),
                ApplyRows::run);
    }

    private static List<Row> run(Bench bench) {
        List<Double> rates = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        for (int run = 0; run <= bench.effort().runs(); run++) {
            double engine = engineRate(bench);
            double statement = statementRate(bench);
            if (run > 0) {
                rates.add(engine);
                bare.add(statement);
            }
        }
        List<Double> multiples = new ArrayList<>();
        for (int i = 0; i < rates.size(); i++) {
            multiples.add(rates.get(i) / bare.get(i));
        }
        String why = Row.NO_REDIS + "it has no log that is applied; the verdict is beside ";
        return List.of(
                Row.beside(
                        COMMANDS_PER_SECOND_MIN,
                        "apply.rate",
                        "1/s",
                        Row.Good.HIGH,
                        rates,
                        "commands, one thread, "
                                + COMMANDS_PER_ENTRY
                                + " a transaction; "
                                + why
                                + "the bar of 100,000/s"),
                Row.beside(
                        1,
                        "apply.multiple",
                        "x",
                        Row.Good.HIGH,
                        multiples,
                        "of the bare INSERT by the same connection; " + why + "1"));
    }

    private static double engineRate(Bench bench) {
        DatabaseFiles files = files(bench, "apply");
        try (Database database = files.open();
                WatchHub watchers = new WatchHub(0)) {
            StoreEngine engine = new StoreEngine(database, watchers);
            List<Batch> batches = new ArrayList<>();
            for (int done = 0; done < COMMANDS; done += COMMANDS_PER_ENTRY) {
                Batch.Builder batch = Batch.newBuilder().setProposer(1).setSequence(done + 1L);
                for (int i = 0; i < COMMANDS_PER_ENTRY; i++) {
                    batch.addCommand(CodecRows.command(done + i));
                }
                batches.add(batch.build());
            }
            long start = System.nanoTime();
            for (int i = 0; i < batches.size(); i++) {
                engine.apply(i + 1L, 1, 1_000_000L + i, batches.get(i));
                engine.commit();
            }
            return COMMANDS * 1e9 / (System.nanoTime() - start);
        }
    }

    private static double statementRate(Bench bench) {
        DatabaseFiles files = files(bench, "bare");
        try (Database database = files.open()) {
            Sql sql = database.writer();
            long start = System.nanoTime();
            for (int i = 0; i < COMMANDS; i++) {
                if (i % COMMANDS_PER_ENTRY == 0) {
                    sql.beginWrite();
                }
                sql.update(
                        "INSERT INTO tasks (uid, batch_uid, index_uid, type, status, enqueued_at,"
                                + " started_at, finished_at, details_json, error_json, lane, epoch,"
                                + " position, incarnation, dispatch)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (long) i,
                        null,
                        "movies",
                        0,
                        0,
                        1_000_000L,
                        null,
                        null,
                        CodecRows.command(i).getEnqueueTask().getDetailsJson(),
                        null,
                        null,
                        0,
                        0,
                        0,
                        null);
                if ((i + 1) % COMMANDS_PER_ENTRY == 0) {
                    sql.commit();
                }
            }
            return COMMANDS * 1e9 / (System.nanoTime() - start);
        }
    }

    private static DatabaseFiles files(Bench bench, String name) {
        return new DatabaseFiles(bench.newDirectory(name), Durability.BEHIND_A_LOG);
    }
}
