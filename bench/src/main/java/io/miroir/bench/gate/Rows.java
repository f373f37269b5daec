package io.miroir.bench.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All rows of the gate, those that nothing fills included. */
final class Rows {
    private Rows() {}

    static List<Measurement> measurements() {
        List<Measurement> all = new ArrayList<>();
        all.addAll(WriteRows.all());
        all.addAll(ReadRows.all());
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
        absent.addAll(
                List.of(
                        "write.open.insert_task",
                        "codec.nanos",
                        "codec.bytes",
                        "apply.rate",
                        "apply.multiple",
                        "memory.pod",
                        "memory.cluster",
                        "size.rows",
                        "size.log",
                        "size.snapshot",
                        "failover.kill",
                        "failover.pause",
                        "failover.transfer",
                        "snapshot",
                        "install",
                        "restore",
                        "cold_start"));
        for (String procedure :
                List.of("install", "replace_member", "backup", "restore", "upgrade", "rotate")) {
            absent.addAll(Stream.of("procedure." + procedure).toList());
        }
        return absent;
    }
}
