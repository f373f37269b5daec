package io.miroir.bench.load;

import io.miroir.api.Json;
import io.miroir.api.documents.DocumentReader;
import io.miroir.api.documents.DocumentScanner;
import io.miroir.api.documents.PayloadFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.core.JsonParser;

/** What reading documents costs at least: CPU of one thread, a payload in memory. */
final class JsonFloor {
    static final List<String> IDS =
            List.of(
                    "ingest.floor.bytes",
                    "ingest.floor.scan",
                    "ingest.floor.tokens",
                    "ingest.floor.trees");

    private static final int WARM_ROUNDS = 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private JsonFloor() {}

    private interface Reading {
        /** Something that depends on all bytes. */
        long read(byte[] payload) throws IOException;
    }

    static List<Figure> run(IngestBench.Effort effort) throws IOException {
        byte[] payload = SmallDocuments.list(0, BulkIngest.DOCUMENTS);
        List<Reading> readings =
                List.of(JsonFloor::bytes, JsonFloor::scan, JsonFloor::tokens, JsonFloor::trees);
        List<String> what =
                List.of(
                        "each byte is looked at",
                        "documents are found and checked by their bytes, as a pod does",
                        "a JSON parser's tokens, their texts not asked for",
                        "a JSON parser's trees");
        List<Figure> rows = new ArrayList<>();
        for (int i = 0; i < readings.size(); i++) {
            double micros = micros(readings.get(i), payload, effort.proxied());
            rows.add(Figure.told(IDS.get(i), "us/document", micros, what.get(i)));
        }
        return rows;
    }

    /** The median round's. */
    private static double micros(Reading reading, byte[] payload, int rounds) throws IOException {
        long sum = 0;
        for (int i = 0; i < WARM_ROUNDS; i++) {
            sum += reading.read(payload);
        }
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long before = THREADS.getCurrentThreadCpuTime();
            sum += reading.read(payload);
            nanos.add(THREADS.getCurrentThreadCpuTime() - before);
        }
        if (sum == 0) {
            throw new IllegalStateException("nothing was read");
        }
        Collections.sort(nanos);
        return nanos.get(nanos.size() / 2) / 1_000.0 / BulkIngest.DOCUMENTS;
    }

    private static long bytes(byte[] payload) {
        long sum = 0;
        for (byte b : payload) {
            sum += b;
        }
        return sum;
    }

    private static long scan(byte[] payload) throws IOException {
        long[] bytes = new long[1];
        DocumentScanner.scan(
                PayloadFormat.JSON,
                new ByteArrayInputStream(payload),
                document -> bytes[0] += document.end() - document.start());
        return bytes[0];
    }

    private static long tokens(byte[] payload) {
        long count = 0;
        try (JsonParser parser = Json.mapper().createParser(payload)) {
            while (parser.nextToken() != null) {
                count++;
            }
        }
        return count;
    }

    private static long trees(byte[] payload) throws IOException {
        return DocumentReader.read(
                PayloadFormat.JSON, ',', new ByteArrayInputStream(payload), _ -> {});
    }
}
