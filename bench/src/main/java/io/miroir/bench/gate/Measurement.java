package io.miroir.bench.gate;

import java.util.List;

/** What fills some rows. */
interface Measurement {

    /** The rows that it fills, all of them each time. */
    List<String> ids();

    List<Row> run(Bench bench);
}
