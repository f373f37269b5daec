package io.miroir.bench.gate;

import java.util.ArrayList;
import java.util.List;

/** All rows of the gate, those that nothing fills included. */
final class Rows {
    private Rows() {}

    static List<Measurement> measurements() {
        List<Measurement> all = new ArrayList<>();
        all.addAll(WriteRows.all());
        all.addAll(OpenRows.all());
        all.addAll(ReadRows.all());
        all.add(CodecRows.measurement());
        all.add(ApplyRows.measurement());
        all.add(MemoryRows.measurement());
        all.add(DiskRows.measurement());
        all.addAll(FailoverRows.all());
        return all;
    }

    /** Rows that the gate must have and that are not built: printed, and they fail it. */
    static List<String> absent() {
        List<String> absent = new ArrayList<>();
        for (String write : List.of("insert_task", "update_status", "take_duty")) {
            for (String delay : List.of("0.5ms", "1ms", "5ms")) {
                absent.add("write.rtt." + write + "." + delay);
            }
        }
        absent.addAll(List.of("size.tables", "memory.flat", "restore"));
        for (String procedure :
                List.of("install", "replace_member", "backup", "restore", "upgrade", "rotate")) {
            absent.add("procedure." + procedure);
        }
        return absent;
    }
}
