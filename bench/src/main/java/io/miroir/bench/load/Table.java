package io.miroir.bench.load;

import io.miroir.bench.tools.JsonFile;
import io.miroir.bench.tools.Numbers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints rows for people and writes them for programs. */
final class Table {
    private static final String LINE = "%-36s %-12s %10s %10s %7s %-7s %s%n";

    private Table() {}

    static void printHead() {
        System.out.printf(
                Locale.ROOT, LINE, "id", "unit", "ours", "theirs", "ratio", "verdict", "note");
    }

    static void print(Figure row) {
        System.out.printf(
                Locale.ROOT,
                LINE,
                row.id(),
                row.unit(),
                Numbers.text(row.ours()),
                Numbers.text(row.theirs()),
                Numbers.text(row.ratio()),
                row.verdict().word(),
                row.note());
        System.out.flush();
    }

    static void writeJson(Path file, List<Figure> rows) {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        for (Figure row : rows) {
            ObjectNode node = all.addObject();
            node.put("id", row.id());
            node.put("unit", row.unit());
            node.put("ours", row.ours());
            node.put("theirs", row.theirs());
            node.put("ratio", row.ratio());
            node.put("verdict", row.verdict().word());
            node.put("note", row.note());
        }
        JsonFile.write(file, all);
    }
}
