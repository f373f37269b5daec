package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every row that the decision needs is there, and each is filled by one measurement. */
class RowsTest {
    private static final List<String> KINDS =
            List.of("insert_task", "update_status", "take_duty", "alias_flip");

    @Test
    void noRowIsMeasuredTwice() {
        assertEquals(Rows.ids().size(), new HashSet<>(Rows.ids()).size());
    }

    @Test
    void writesAreMeasuredFromBothPlacesWithThreeAndFiveVoters() {
        for (String figure : List.of("p50", "p99", "rate")) {
            for (String place : List.of("leader", "follower")) {
                for (int voters : List.of(3, 5)) {
                    for (String kind : KINDS) {
                        for (int callers : List.of(1, 16, 256, 2_048)) {
                            has(
                                    "write.%s.%dv.%s.%d.%s"
                                            .formatted(kind, voters, place, callers, figure));
                        }
                    }
                    has("write.batch100.%dv.%s.1.%s".formatted(voters, place, figure));
                }
                for (String kind : KINDS.subList(0, 3)) {
                    for (String delay : List.of("0.5ms", "1ms", "5ms")) {
                        has("write.rtt.%s.%s.%s.1.%s".formatted(kind, delay, place, figure));
                    }
                }
            }
        }
        for (String kind : KINDS) {
            for (String rate : List.of("200", "1000", "5000")) {
                has("write.open.%s.%s.p50".formatted(kind, rate));
                has("write.open.%s.%s.p99".formatted(kind, rate));
            }
        }
    }

    @Test
    void readsAreMeasuredAtBothLevels() {
        for (String level : List.of("local", "linearizable")) {
            for (String read : List.of("task_by_id", "list_aliases", "session_check")) {
                has("read.%s.%s".formatted(read, level));
            }
            has("read.throughput.%s".formatted(level));
        }
    }

    @Test
    void whatIsNoWriteAndNoReadIsMeasuredToo() {
        for (String id :
                List.of(
                        "codec.nanos",
                        "codec.bytes",
                        "apply.rate",
                        "apply.multiple",
                        "memory.pod",
                        "memory.cluster.1",
                        "memory.cluster.3",
                        "memory.cluster.5",
                        "memory.cluster.24",
                        "memory.flat",
                        "size.tables",
                        "size.tables.tasks",
                        "size.tables.idempotency_cache",
                        "size.log",
                        "size.snapshot",
                        "failover.kill",
                        "failover.pause",
                        "failover.transfer",
                        "snapshot",
                        "install",
                        "restore",
                        "cold_start")) {
            has(id);
        }
    }

    @Test
    void everyProcedureOfAnOperatorIsDone() {
        for (String procedure :
                List.of(
                        "install",
                        "replace_member",
                        "leave",
                        "readdress",
                        "convert",
                        "backup",
                        "restore",
                        "recover",
                        "upgrade",
                        "rotate")) {
            has("procedure.%s.steps".formatted(procedure));
            has("procedure.%s.seconds".formatted(procedure));
        }
    }

    @Test
    void theFourteenTablesAreSized() {
        assertEquals(14, new HashSet<>(SeedRows.tables()).size());
    }

    private static void has(String id) {
        assertTrue(Rows.ids().contains(id), "no row " + id);
    }
}
