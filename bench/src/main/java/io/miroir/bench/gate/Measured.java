package io.miroir.bench.gate;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A measurement that is one method.
 *
 * @param time how long it takes, about
 */
record Measured(
        List<String> ids, Function<Bench.Effort, Duration> time, Function<Bench, List<Row>> body)
        implements Measurement {

    @Override
    public Duration expected(Bench.Effort effort) {
        return time.apply(effort);
    }

    @Override
    public List<Row> run(Bench bench) {
        return body.apply(bench);
    }
}
