package io.miroir.bench.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for on the command line.
 *
 * @param json where the rows go as JSON; null: nowhere
 * @param rows patterns of ids; empty: all
 * @param effort how much is measured
 * @param resume whether what the JSON file has of this build already is kept
 * @param minutesMax the time that all takes at most; what is not begun by then is absent
 * @param instead whether to do something else
 */
record GateOptions(
        @Nullable Path json,
        List<Pattern> rows,
        Bench.Effort effort,
        boolean resume,
        int minutesMax,
        Instead instead) {
    /** As long as it takes: a measurement that hangs is ended by itself. */
    private static final int MINUTES_MAX = 24 * 60;

    private static final int FLAT_COMMANDS_MIN = 10_000;

    static final String USAGE =
            """
            usage: bench/run gate [OPTION...]

            The task store beside Redis: one row an id, better, equal or worse than Redis at equal
            durability. Starts what it needs on loopback, and ends it.

              --rows ID,ID*     only these; * stands for anything (write.*.3v.leader.1.*)
              --list            print the ids and end
              --quick           three short runs a contender instead of ten: to see that it works
              --commands N      commands of memory.flat (10,000,000; with --quick 200,000)
              --minutes N       end after this time; what is not measured then is absent (else
                                it takes as long as it takes, and tells how long that will be)
              --json FILE       write the rows as JSON too, after each measurement
              --resume          keep the rows that FILE has already, if they were measured on this
                                very build with the same effort, and measure the others. So the
                                gate may be stopped (Ctrl-C) and gone on with as often as you like
              --help            this

            REDIS_SERVER names a redis-server; else the installed one is used (apt-get install
            redis-server). From 7.2 on, WAITAOF proves what WAIT does not.

            Ends with 0 if every row was measured, however the comparisons come out; with 1 if one is
            absent; with 2 if this text was needed.
            """;

    /** What to do instead of measuring. */
    enum Instead {
        NOTHING,
        LIST,
        HELP
    }

    /**
     * Reads the arguments.
     *
     * @throws IllegalArgumentException in words for whoever typed them
     */
    static GateOptions of(String... arguments) {
        Path json = null;
        List<Pattern> rows = new ArrayList<>();
        Bench.Effort effort = Bench.Effort.FULL;
        boolean resume = false;
        Integer commands = null;
        Integer minutes = null;
        Instead instead = Instead.NOTHING;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> effort = Bench.Effort.QUICK;
                case "--list" -> instead = Instead.LIST;
                case "--help", "-h" -> instead = Instead.HELP;
                case "--json" -> json = Path.of(value(arguments, i++));
                case "--resume" -> resume = true;
                case "--rows" -> rows.addAll(patterns(value(arguments, i++)));
                case "--commands" -> commands = number(arguments, i++, FLAT_COMMANDS_MIN);
                case "--minutes" -> minutes = number(arguments, i++, 1);
                default ->
                        throw new IllegalArgumentException("unknown option '" + arguments[i] + "'");
            }
        }
        if (resume && json == null) {
            throw new IllegalArgumentException("--resume wants --json FILE");
        }
        return new GateOptions(
                json,
                List.copyOf(rows),
                commands == null ? effort : effort.withFlatCommands(commands),
                resume,
                minutes == null ? MINUTES_MAX : minutes,
                instead);
    }

    boolean wants(String id) {
        return rows.isEmpty() || rows.stream().anyMatch(row -> row.matcher(id).matches());
    }

    private static String value(String[] arguments, int at) {
        if (at + 1 == arguments.length) {
            throw new IllegalArgumentException(arguments[at] + " wants a value");
        }
        return arguments[at + 1];
    }

    private static int number(String[] arguments, int at, int min) {
        String text = value(arguments, at);
        try {
            int number = Integer.parseInt(text);
            if (number >= min) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number that is too small is.
        }
        throw new IllegalArgumentException(
                "%s wants a number of at least %d, not '%s'".formatted(arguments[at], min, text));
    }

    private static List<Pattern> patterns(String words) {
        return Stream.of(words.split(",", -1))
                .map(word -> Pattern.compile("\\Q" + word.replace("*", "\\E.*\\Q") + "\\E"))
                .toList();
    }
}
