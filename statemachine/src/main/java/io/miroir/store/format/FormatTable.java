package io.miroir.store.format;

import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RaiseFormat;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;

/** Reads and writes the row of the cluster's format. */
public final class FormatTable {
    private FormatTable() {}

    /** The row that is there from the start. */
    public static int get(Sql sql) {
        return Math.toIntExact(sql.number("SELECT format FROM cluster_format"));
    }

    /** Applies a raise. One that comes late, after a higher one, must not undo it. */
    public static Outcome raise(Write write, RaiseFormat command) {
        int format = Math.max(write.clusterFormat(), command.getFormat());
        if (format > write.clusterFormat()) {
            write.sql().update("UPDATE cluster_format SET format = ?", format);
            write.clusterFormat(format);
            write.changed(new Change.RowChanged("cluster_format", "1"));
        }
        return Outcomes.version(format);
    }
}
