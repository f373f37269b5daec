package io.miroir.store.alias;

import io.miroir.proto.store.AliasHistory;
import io.miroir.proto.store.AliasPast;
import io.miroir.proto.store.Strings;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Stored;
import java.util.List;
import java.util.Optional;

/** Reads aliases. */
final class AliasReads {
    private static final String SELECT =
            "SELECT name, kind, targets, version, created_at, history FROM aliases";

    private AliasReads() {}

    static Optional<AliasRow> get(Sql sql, String name) {
        return sql.first(SELECT + " WHERE name = ?", AliasReads::row, name);
    }

    static List<AliasRow> list(Sql sql) {
        return sql.all(SELECT + " ORDER BY name", AliasReads::row);
    }

    private static AliasRow row(Cursor row) {
        return new AliasRow(
                row.text(1),
                AliasRow.Kind.ofCode(row.integer(2)),
                List.copyOf(Stored.parse(Strings.parser(), row.blob(3)).getValueList()),
                row.number(4),
                row.number(5),
                Stored.parse(AliasHistory.parser(), row.blob(6)).getPastList().stream()
                        .map(AliasReads::past)
                        .toList());
    }

    private static AliasRow.Past past(AliasPast past) {
        return new AliasRow.Past(
                AliasRow.Kind.ofCode(past.getAliasKind()),
                List.copyOf(past.getTargetList()),
                past.getVersion(),
                past.getReplacedAtMicros());
    }
}
