package io.miroir.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.sqlite.SQLiteConfig;

/** Whether a database file can be trusted, before anything is read from it. */
public final class DatabaseCheck {
    private DatabaseCheck() {}

    /**
     * Looks at the store of a single pod, which has no log that would bring back what is lost:
     * against its seal, or after a crash, when it has none, at its write-ahead log and its
     * structure. Changes nothing.
     *
     * @return nothing if nothing is wrong, or there is no store
     */
    public static Optional<String> single(Path dataDir) throws IOException {
        Optional<StoreSeal> seal = StoreSeal.read(dataDir);
        if (seal.isPresent()) {
            return seal.get().broken(dataDir, StoreSeal.NO_LOG);
        }
        Path database = DatabaseFiles.file(dataDir);
        if (!Files.exists(database) && WalCheck.holdsSomething(dataDir)) {
            return Optional.of(database + " is gone");
        }
        Optional<String> lost = WalCheck.lost(dataDir);
        return lost.isPresent() ? lost : structure(database);
    }

    /**
     * Reads every page and says what is wrong with their structure, or where an index disagrees
     * with its table. SQLite keeps no checksums: a bit that flipped inside a value of which there
     * is only one is not seen here. Changes nothing.
     *
     * @return nothing if nothing is wrong, or there is no file
     */
    public static Optional<String> structure(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (Files.size(file) == 0) {
            return Optional.of(file + " is empty");
        }
        SQLiteConfig readOnly = new SQLiteConfig();
        readOnly.setReadOnly(true);
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + file, readOnly.toProperties());
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA integrity_check(1)")) {
            String first = found.next() ? found.getString(1) : "no answer";
            return first.equals("ok")
                    ? Optional.empty()
                    : Optional.of(file + " is damaged: " + first.replace('\n', ' '));
        } catch (SQLException e) {
            return Optional.of(file + " is damaged: " + e.getMessage());
        }
    }
}
