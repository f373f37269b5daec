package io.miroir.store.engine;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Entries of a log as a file, and what comes of them.
 *
 * @param entries in order
 */
record RecordedLog(List<Entry> entries) {
    /** Digests are looked at each time after so many entries: what is deleted later is seen. */
    private static final int ENTRIES_BETWEEN = 50;

    /** Enough to tell two digests apart. */
    private static final int DIGEST_CHARS = 12;

    /** Of the answers, which are no table. */
    private static final String OUTCOMES = "(outcomes)";

    record Entry(long index, long term, long storeTimeMicros, Batch batch) {
        /** As a pod that ends a transaction with each entry. */
        BatchOutcome applyTo(StoreEngine engine) {
            BatchOutcome outcome = engine.apply(index, term, storeTimeMicros, batch);
            engine.commit();
            return outcome;
        }
    }

    static RecordedLog read(InputStream file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(file))) {
            while (true) {
                long index = in.readLong();
                long term = in.readLong();
                long time = in.readLong();
                byte[] batch = in.readNBytes(in.readInt());
                entries.add(new Entry(index, term, time, Batch.parseFrom(batch)));
            }
        } catch (EOFException end) {
            return new RecordedLog(entries);
        }
    }

    void write(OutputStream file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(file))) {
            for (Entry entry : entries) {
                byte[] batch = entry.batch().toByteArray();
                out.writeLong(entry.index());
                out.writeLong(entry.term());
                out.writeLong(entry.storeTimeMicros());
                out.writeInt(batch.length);
                out.write(batch);
            }
        }
    }

    /**
     * What comes of it: a line for each table whenever it is not as it was at the last look.
     *
     * @param looked into which columns of which tables
     */
    List<String> apply(Path directory, TableColumns looked) {
        List<String> lines = new ArrayList<>();
        Map<String, String> last = new HashMap<>();
        MessageDigest outcomes = TableColumns.sha256();
        try (Database database = new DatabaseFiles(directory, Durability.BEHIND_A_LOG).open()) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (int i = 1; i <= entries.size(); i++) {
                Entry entry = entries.get(i - 1);
                outcomes.update(entry.applyTo(engine).toByteArray());
                if (i % ENTRIES_BETWEEN == 0 || i == entries.size()) {
                    SortedMap<String, String> now = looked.digests(database.writer());
                    now.put(OUTCOMES, HexFormat.of().formatHex(copyOf(outcomes).digest()));
                    now.forEach(
                            (table, digest) -> {
                                if (!digest.equals(last.put(table, digest))) {
                                    lines.add(line(entry.index(), table, digest));
                                }
                            });
                }
            }
        }
        return lines;
    }

    private static String line(long index, String table, String digest) {
        return "%d %s %s".formatted(index, table, digest.substring(0, DIGEST_CHARS));
    }

    private static MessageDigest copyOf(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
        }
    }
}
