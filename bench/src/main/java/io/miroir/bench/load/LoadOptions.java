package io.miroir.bench.load;

import io.miroir.cli.fleet.NodeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for on the command line.
 *
 * @param json where the rows go as JSON; null: nowhere
 * @param meilisearch the program that nodes run; null: embedded nodes
 * @param minutes after which no further turn begins
 * @param quick to see that it works
 * @param help to be told instead
 */
record LoadOptions(
        @Nullable Path json, @Nullable Path meilisearch, int minutes, boolean quick, boolean help) {
    private static final int MINUTES = 60;
    private static final int MINUTES_MAX = 24 * 60;

    /** What each measurement's help says of these. */
    static final String USAGE =
            """
              --meilisearch BIN   nodes run this program; without, embedded nodes
              --quick             a taste of it, in a minute or two
              --minutes N         after so many no turn begins (60); rows tell how much there was
              --json FILE         write the rows as JSON too, after each measurement
              --help              this

            Starts what it needs on loopback and ends it. Ends with 0 if every row was measured,
            whatever its verdict; with 1 if one is absent; with 2 if this text was needed.
            """;

    /**
     * Reads the arguments.
     *
     * @throws IllegalArgumentException in words for whoever typed them
     */
    static LoadOptions of(String... arguments) {
        Path json = null;
        Path meilisearch = null;
        int minutes = MINUTES;
        boolean quick = false;
        boolean help = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--json" -> json = Path.of(value(arguments, i++));
                case "--meilisearch" -> meilisearch = program(value(arguments, i++));
                case "--minutes" -> minutes = minutes(value(arguments, i++));
                case "--quick" -> quick = true;
                case "--help", "-h" -> help = true;
                default ->
                        throw new IllegalArgumentException("unknown option '" + arguments[i] + "'");
            }
        }
        return new LoadOptions(json, meilisearch, minutes, quick, help);
    }

    /** What the nodes are. */
    NodeSource nodes() {
        return meilisearch == null
                ? new NodeSource.Embedded()
                : new NodeSource.Program(meilisearch);
    }

    private static String value(String[] arguments, int at) {
        if (at + 1 == arguments.length) {
            throw new IllegalArgumentException(arguments[at] + " wants a value");
        }
        return arguments[at + 1];
    }

    private static int minutes(String number) {
        if (!number.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException(number + " is no number of minutes");
        }
        int minutes = Integer.parseInt(number);
        if (minutes < 1 || minutes > MINUTES_MAX) {
            throw new IllegalArgumentException("minutes: 1 to " + MINUTES_MAX);
        }
        return minutes;
    }

    private static Path program(String name) {
        Path program = Path.of(name).toAbsolutePath();
        if (!Files.isExecutable(program)) {
            throw new IllegalArgumentException(name + " is no program");
        }
        return program;
    }
}
