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

/** Whether a database file can be trusted, before anything is read from it. */
public final class DatabaseCheck {
    private DatabaseCheck() {}

    /**
     * Reads every page and says what is wrong with their structure, or where an index disagrees
     * with its table. SQLite keeps no checksums: a bit that flipped inside a value of which there
     * is only one is not seen here.
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
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
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
