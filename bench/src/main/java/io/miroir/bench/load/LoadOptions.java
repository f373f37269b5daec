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
 * @param documents to measure with; null: as many as the measurement thinks best
 * @param quick to see that it works
 * @param help to be told instead
 */
record LoadOptions(
        @Nullable Path json,
        @Nullable Path meilisearch,
        int minutes,
        @Nullable Integer documents,
        boolean quick,
        boolean help) {
    private static final int MINUTES = 60;
    private static final int MINUTES_MAX = 24 * 60;
    private static final int DOCUMENTS_MAX = 99_999_999;

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
     * @param sized whether {@code --documents} is among them
     * @throws IllegalArgumentException in words for whoever typed them
     */
    static LoadOptions of(boolean sized, String... arguments) {
        Path json = null;
        Path meilisearch = null;
        int minutes = MINUTES;
        Integer documents = null;
        boolean quick = false;
        boolean help = false;
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            switch (option) {
                case "--json" -> json = Path.of(value(arguments, i++));
                case "--meilisearch" -> meilisearch = program(value(arguments, i++));
                case "--minutes" -> minutes = number(option, value(arguments, i++), MINUTES_MAX);
                case "--documents" -> {
                    if (!sized) {
                        throw unknown(option);
                    }
                    documents = number(option, value(arguments, i++), DOCUMENTS_MAX);
                }
                case "--quick" -> quick = true;
                case "--help", "-h" -> help = true;
                default -> throw unknown(option);
            }
        }
        return new LoadOptions(json, meilisearch, minutes, documents, quick, help);
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

    private static IllegalArgumentException unknown(String option) {
        return new IllegalArgumentException("unknown option '" + option + "'");
    }

    private static int number(String option, String text, int most) {
        if (!text.matches("[1-9][0-9]{0,7}") || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException(
                    "%s wants a number from 1 to %d, not '%s'".formatted(option, most, text));
        }
        return Integer.parseInt(text);
    }

    private static Path program(String name) {
        Path program = Path.of(name).toAbsolutePath();
        if (!Files.isExecutable(program)) {
            throw new IllegalArgumentException(name + " is no program");
        }
        return program;
    }
}
