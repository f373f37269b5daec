package io.miroir.bench.gate;

import io.miroir.bench.tools.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** CPU that all processes of one contender spend on an operation, run by run. */
final class Costs {
    private final List<Double> cpuMicros = new ArrayList<>();

    /**
     * Counts what a load costs.
     *
     * @param load runs it for so long; a result in words
     */
    Load.Result of(Contender side, long millis, Supplier<String> load) {
        long before = side.cpuMillis();
        Load.Result result = Load.Result.of(load.get());
        double micros = 1_000.0 * (side.cpuMillis() - before);
        cpuMicros.add(micros / (result.perSecond() * millis / 1_000 + 1));
        return result;
    }

    /** Both sides' means, for a row's note. */
    static String note(Costs ours, Costs redis) {
        return "CPU of all processes per operation: ours %s us, redis %s us"
                .formatted(Numbers.text(ours.mean()), Numbers.text(redis.mean()));
    }

    private double mean() {
        return cpuMicros.stream().mapToDouble(value -> value).average().orElse(0);
    }
}
