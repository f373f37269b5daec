package io.miroir.bench.gate;

import java.util.List;
import java.util.function.Function;

/** A measurement that is one method. */
record Measured(List<String> ids, Function<Bench, List<Row>> body) implements Measurement {

    @Override
    public List<Row> run(Bench bench) {
        return body.apply(bench);
    }
}
