package io.miroir.bench.gate;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What fills some rows. */
interface Measurement {

    /** The rows that it fills, all of them each time. */
    List<String> ids();

    /** How long it takes, about, on a machine of two cores with nothing else to do. */
    Duration expected(Bench.Effort effort);

    /** What it measures in, which stays open for the next one; null: in nothing that is shared. */
    default Arena.@Nullable Shape arena() {
        return null;
    }

    List<Row> run(Bench bench);
}
