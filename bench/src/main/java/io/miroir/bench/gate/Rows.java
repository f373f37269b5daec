package io.miroir.bench.gate;

import java.util.ArrayList;
import java.util.List;

/** All rows of the gate. */
final class Rows {
    private Rows() {}

    /** In an order that opens each arena once. */
    static List<Measurement> measurements() {
        List<Measurement> all = new ArrayList<>();
        all.addAll(WriteRows.all());
        all.addAll(OpenRows.all());
        all.addAll(ReadRows.all());
        all.addAll(WriteRows.delayed());
        all.add(CodecRows.measurement());
        all.add(ApplyRows.measurement());
        all.add(MemoryRows.measurement());
        all.add(FlatRows.measurement());
        all.add(DiskRows.measurement());
        all.add(TableRows.measurement());
        all.addAll(FailoverRows.all());
        all.addAll(ProcedureRows.all());
        return all;
    }

    /** Their ids, each once. */
    static List<String> ids() {
        return measurements().stream().flatMap(m -> m.ids().stream()).toList();
    }
}
