package io.miroir.api.documents;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Turns the records of a CSV payload into documents, typed by its header. */
final class CsvDocuments {
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
    private static final Pattern FLOAT =
            Pattern.compile("[+-]?([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    /** Numbers that JSON has none for. */
    private static final Pattern NO_NUMBER =
            Pattern.compile("[+-]?(inf|infinity|nan)", Pattern.CASE_INSENSITIVE);

    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private final CsvRecords records;

    private enum Type {
        STRING,
        NUMBER,
        BOOLEAN
    }

    private record Column(String name, Type type) {
        /** {@code name}, {@code name:string}, {@code name:number} or {@code name:boolean}. */
        static Column of(String header) {
            int colon = header.lastIndexOf(':');
            return switch (colon < 0 ? "" : header.substring(colon + 1)) {
                case "string" -> new Column(header.substring(0, colon), Type.STRING);
                case "number" -> new Column(header.substring(0, colon), Type.NUMBER);
                case "boolean" -> new Column(header.substring(0, colon), Type.BOOLEAN);
                default -> new Column(header, Type.STRING);
            };
        }
    }

    CsvDocuments(InputStream in, char delimiter) {
        this.records = new CsvRecords(in, delimiter);
    }

    long readAll(DocumentReader.Sink sink) throws IOException {
        List<String> header = records.next();
        List<Column> columns = new ArrayList<>();
        if (header != null) {
            header.forEach(cell -> columns.add(Column.of(cell)));
        }
        long line = 0;
        for (List<String> row = records.next(); row != null; row = records.next()) {
            line++;
            if (row.size() != columns.size()) {
                throw malformed(unequalLength(row.size(), columns.size()));
            }
            ObjectNode document = Json.object();
            for (int i = 0; i < columns.size(); i++) {
                put(document, columns.get(i), row.get(i), line);
            }
            sink.accept(document);
        }
        return line;
    }

    private String unequalLength(int found, int expected) {
        return "CSV error: record "
                + records.recordIndex()
                + " (line: "
                + records.recordLine()
                + ", byte: "
                + records.recordByte()
                + "): found record with "
                + found
                + " fields, but the previous record has "
                + expected
                + " fields";
    }

    private static void put(ObjectNode document, Column column, String cell, long line) {
        String trimmed = cell.strip();
        switch (column.type) {
            case STRING -> document.put(column.name, cell.isEmpty() ? null : cell);
            case BOOLEAN -> document.put(column.name, parseBoolean(cell, trimmed, line));
            case NUMBER -> putNumber(document, column.name, cell, trimmed, line);
        }
    }

    private static @Nullable Boolean parseBoolean(String cell, String trimmed, long line) {
        return switch (trimmed) {
            case "" -> null;
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw malformed(
                            "Error parsing boolean \""
                                    + cell
                                    + "\" at line "
                                    + line
                                    + ": provided string was not `true` or `false`");
        };
    }

    private static void putNumber(
            ObjectNode document, String name, String cell, String trimmed, long line) {
        if (trimmed.isEmpty() || NO_NUMBER.matcher(trimmed).matches()) {
            document.putNull(name);
            return;
        }
        if (INTEGER.matcher(trimmed).matches()) {
            BigInteger value = new BigInteger(trimmed);
            if (value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0) {
                document.put(name, value.longValueExact());
                return;
            }
        }
        if (!FLOAT.matcher(trimmed).matches()) {
            throw malformed(
                    "Error parsing number \""
                            + cell
                            + "\" at line "
                            + line
                            + ": invalid float literal");
        }
        double value = Double.parseDouble(trimmed);
        document.put(name, Double.isFinite(value) ? Double.valueOf(value) : null);
    }

    /** The error for a payload that is no acceptable CSV. */
    static ApiException malformed(String what) {
        return new ApiException(
                ErrorCode.MALFORMED_PAYLOAD,
                "The `csv` payload provided is malformed: `" + what + "`.");
    }
}
