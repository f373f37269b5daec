package io.miroir.store.alias;

import io.miroir.proto.store.AliasHistory;
import io.miroir.proto.store.AliasPast;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.Strings;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import io.miroir.store.index.IndexApplier;
import io.miroir.store.lane.LaneApplier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes aliases. */
public final class AliasApplier {
    private static final String TABLE = "aliases";

    private AliasApplier() {}

    public static Outcome flip(Write write, FlipAlias command) {
        Optional<AliasRow> old = AliasReads.get(write.sql(), command.getName());
        long version = old.map(AliasRow::version).orElse(0L);
        long expected = command.getExpectedVersion();
        if (expected != Aliases.ANY_VERSION && expected != version) {
            return Outcomes.changed(version);
        }
        if (old.isEmpty() && isTaken(write, command.getName())) {
            return Outcomes.INDEX_CHANGED;
        }
        if (old.isEmpty() && write.rows(TABLE) >= Aliases.ROWS_MAX) {
            return Outcomes.full(TABLE, Aliases.ROWS_MAX);
        }
        AliasRow row =
                new AliasRow(
                        command.getName(),
                        AliasRow.Kind.ofCode(command.getAliasKind()),
                        List.copyOf(command.getTargetList()),
                        version + 1,
                        old.map(AliasRow::createdAt).orElse(write.now()),
                        old.map(o -> history(o, write)).orElse(List.of()));
        put(write, row);
        write.rowsChanged(TABLE, old.isEmpty() ? 1 : 0);
        write.changed(new Change.AliasChanged(row.name(), row));
        return Outcomes.version(row.version());
    }

    /** Whether a name is an alias: no index is made under it then. */
    public static boolean isAlias(Write write, String name) {
        return AliasReads.get(write.sql(), name).isPresent();
    }

    // An index that is being made, or renamed, has its name when that ends: nobody can refuse it by
    // then, as nodes have it already.
    private static boolean isTaken(Write write, String name) {
        return IndexApplier.incarnationOf(write, name) != 0 || LaneApplier.isBusy(write, name);
    }

    public static Outcome delete(Write write, DeleteAlias command) {
        int gone = write.sql().update("DELETE FROM aliases WHERE name = ?", command.getName());
        write.rowsChanged(TABLE, -gone);
        if (gone > 0) {
            write.changed(new Change.AliasChanged(command.getName(), null));
        }
        return Outcomes.existed(gone > 0);
    }

    private static List<AliasRow.Past> history(AliasRow old, Write write) {
        List<AliasRow.Past> history = new ArrayList<>();
        history.add(new AliasRow.Past(old.kind(), old.targets(), old.version(), write.now()));
        history.addAll(old.history());
        int kept = 0;
        int bytes = 0;
        for (AliasRow.Past past : history) {
            bytes += words(past).getSerializedSize();
            if (kept == write.limits().aliasHistoryMax() || bytes > Aliases.HISTORY_BYTES_MAX) {
                break;
            }
            kept++;
        }
        return history.subList(0, kept);
    }

    private static AliasPast words(AliasRow.Past past) {
        return AliasPast.newBuilder()
                .setAliasKind(past.kind().code())
                .addAllTarget(past.targets())
                .setVersion(past.version())
                .setReplacedAtMicros(past.replacedAt())
                .build();
    }

    private static void put(Write write, AliasRow row) {
        AliasHistory.Builder history = AliasHistory.newBuilder();
        for (AliasRow.Past past : row.history()) {
            history.addPast(words(past));
        }
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO aliases (name, kind, targets, version, created_at,"
                                + " history) VALUES (?, ?, ?, ?, ?, ?)",
                        row.name(),
                        row.kind().code(),
                        Strings.newBuilder().addAllValue(row.targets()).build().toByteArray(),
                        row.version(),
                        row.createdAt(),
                        history.build().toByteArray());
    }
}
