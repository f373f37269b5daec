package io.miroir.bench.load;

import io.miroir.bench.tools.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs a measurement's parts one after the other, each on a stage of its own, and prints rows. */
final class Suite {
    private final LoadOptions options;
    private final List<Figure> rows = new ArrayList<>();

    private Suite(LoadOptions options) {
        this.options = options;
    }

    /**
     * What fills some rows.
     *
     * @param ids the rows, all of them each time
     */
    record Part(List<String> ids, Body body) {}

    /** How. */
    @FunctionalInterface
    interface Body {
        /**
         * Measures.
         *
         * @param steps is told what is being done, where there is more than one thing to do
         */
        List<Figure> run(Stage stage, Deadline deadline, Consumer<String> steps) throws Exception;
    }

    /**
     * What a measurement says of itself.
     *
     * @param usage how the help begins
     * @param sized whether it takes {@code --documents}
     */
    record About(String usage, boolean sized) {
        private String help() {
            return usage + LoadOptions.USAGE;
        }
    }

    /**
     * Does what the command line asks for.
     *
     * @return the exit code
     */
    static int run(About about, String[] arguments, Function<LoadOptions, List<Part>> parts) {
        LoadOptions options;
        try {
            options = LoadOptions.of(about.sized(), arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(about.help());
            return 2;
        }
        if (options.help()) {
            System.out.print(about.help());
            return 0;
        }
        return new Suite(options).run(parts.apply(options));
    }

    private int run(List<Part> parts) {
        Table.printHead();
        Deadline end = Deadline.after(Duration.ofMinutes(options.minutes()));
        int left = parts.size();
        try (Progress progress = new Progress(parts.size())) {
            for (Part part : parts) {
                progress.begin(part.ids().getFirst());
                Deadline deadline = end.share(System.nanoTime(), left--);
                List<Figure> measured = measure(part, deadline, progress::step);
                progress.clear();
                measured.forEach(Table::print);
                rows.addAll(measured);
                if (options.json() != null) {
                    Table.writeJson(options.json(), rows);
                }
            }
        }
        return rows.stream().anyMatch(row -> row.verdict() == Verdict.ABSENT) ? 1 : 0;
    }

    /** A part that fails makes its rows absent; the others go on. */
    private static List<Figure> measure(Part part, Deadline deadline, Consumer<String> steps) {
        try (Stage stage = new Stage()) {
            return part.body().run(stage, deadline, steps);
        } catch (Exception e) {
            e.printStackTrace();
            return part.ids().stream()
                    .map(id -> Figure.absent(id, "failed: " + e.getMessage()))
                    .toList();
        }
    }
}
