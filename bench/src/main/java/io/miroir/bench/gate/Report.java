package io.miroir.bench.gate;

import io.miroir.bench.tools.JsonFile;
import io.miroir.bench.tools.Numbers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints rows for people and writes them for programs. */
final class Report {
    private static final String LINE = "%-44s %-6s %10s %11s %11s %-7s %-38s %s%n";

    private Report() {}

    static void printHead() {
        System.out.printf(
                Locale.ROOT,
                LINE,
                "id",
                "unit",
                "ours",
                "redis equal",
                "redis usual",
                "verdict",
                "spread (quartiles)",
                "note");
    }

    static void print(Row row) {
        System.out.printf(
                Locale.ROOT,
                LINE,
                row.id(),
                row.unit(),
                Numbers.text(row.ours()),
                Numbers.text(row.redisEqual()),
                Numbers.text(row.redisUsual()),
                row.verdict().word(),
                row.spread(),
                row.note());
        System.out.flush();
    }

    static void writeJson(Path file, List<Row> rows) {
        JsonMapper json = JsonMapper.shared();
        ArrayNode all = json.createArrayNode();
        for (Row row : rows) {
            ObjectNode node = all.addObject();
            node.put("id", row.id());
            node.put("unit", row.unit());
            node.put("ours", row.ours());
            node.put("redis_equal", row.redisEqual());
            node.put("redis_usual", row.redisUsual());
            node.put("spread", row.spread());
            node.put("verdict", row.verdict().word());
            node.put("note", row.note());
        }
        JsonFile.write(file, all);
    }
}
