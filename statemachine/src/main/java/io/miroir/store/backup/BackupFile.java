package io.miroir.store.backup;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.backup.Manifest;
import io.miroir.proto.backup.TableFigures;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.SqliteException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * A backup as bytes: head, manifest, database, SHA-256 of them all (see backup.proto). Written and
 * read as a stream: memory does not grow with the state.
 */
public final class BackupFile {
    /** Format that this program writes, and the newest that it reads. */
    public static final int FORMAT = 1;

    private static final byte[] MAGIC = "MIROIRBK".getBytes(StandardCharsets.US_ASCII);

    /** A manifest names a few dozen tables; a larger one is no manifest. */
    private static final int MANIFEST_BYTES_MAX = 1 << 20;

    private static final int CHUNK_BYTES = 1 << 16;
    private static final int CHECKSUM_BYTES = 32;

    private BackupFile() {}

    /** Bytes of the whole file. */
    public static long bytes(Summary summary) {
        return MAGIC.length
                + 2L * Integer.BYTES
                + manifest(summary).getSerializedSize()
                + summary.databaseBytes()
                + CHECKSUM_BYTES;
    }

    /**
     * Writes a backup; the stream is left open.
     *
     * @param database a copy that nobody writes to
     * @param summary as {@link DatabaseFigures#of} gives it for that copy
     */
    public static void write(Path database, Summary summary, OutputStream out) throws IOException {
        MessageDigest digest = sha256();
        DataOutputStream digested = new DataOutputStream(new DigestOutputStream(out, digest));
        byte[] manifest = manifest(summary).toByteArray();
        digested.write(MAGIC);
        digested.writeInt(FORMAT);
        digested.writeInt(manifest.length);
        digested.write(manifest);
        try (InputStream in = Files.newInputStream(database)) {
            copy(in, digested, summary.databaseBytes());
        }
        digested.flush();
        out.write(digest.digest());
        out.flush();
    }

    /**
     * Reads a backup to its end and checks all that can be checked: the checksum, SQLite's own
     * structure, each table's rows and digest.
     *
     * @param database where its database goes; must not exist. It is complete only if the answer is
     *     {@link Reading.Sound}
     */
    public static Reading read(Path backup, Path database) throws IOException {
        try (InputStream in = Files.newInputStream(backup)) {
            return read(in, database);
        } catch (EOFException e) {
            return new Reading.Damaged("it ends too early: the copy was cut short");
        } catch (SqliteException | IllegalStateException e) {
            return new Reading.Damaged(e.getMessage() + " (" + e.getCause() + ")");
        }
    }

    private static Reading read(InputStream in, Path database) throws IOException {
        MessageDigest digest = sha256();
        DataInputStream digested = new DataInputStream(new DigestInputStream(in, digest));
        byte[] magic = new byte[MAGIC.length];
        digested.readFully(magic);
        if (!MessageDigest.isEqual(magic, MAGIC)) {
            return new Reading.Damaged("it is no backup of Miroir");
        }
        int format = digested.readInt();
        if (format < 1 || format > FORMAT) {
            return new Reading.Damaged(
                    "it has format "
                            + format
                            + ", this program knows up to "
                            + FORMAT
                            + ": a newer program wrote it");
        }
        int length = digested.readInt();
        if (length < 0 || length > MANIFEST_BYTES_MAX) {
            return new Reading.Damaged("its manifest has an impossible length");
        }
        byte[] manifest = new byte[length];
        digested.readFully(manifest);
        Summary told;
        try {
            told = summary(Manifest.parseFrom(manifest));
        } catch (InvalidProtocolBufferException e) {
            return new Reading.Damaged("its manifest can't be read");
        }
        DatabaseFiles.createPrivate(database);
        try (OutputStream out = Files.newOutputStream(database)) {
            copy(digested, out, told.databaseBytes());
        }
        byte[] computed = digest.digest();
        byte[] written = in.readNBytes(CHECKSUM_BYTES + 1);
        if (written.length < CHECKSUM_BYTES) {
            throw new EOFException();
        }
        if (!MessageDigest.isEqual(written, computed)) {
            return new Reading.Damaged("its checksum is wrong: bytes were changed");
        }
        return compared(told, database);
    }

    private static Reading compared(Summary told, Path database) throws IOException {
        String integrity = DatabaseFigures.integrity(database);
        if (!integrity.equals("ok")) {
            return new Reading.Damaged("its database is damaged: " + integrity);
        }
        Origin origin = new Origin(told.clusterId(), told.podId(), told.backend());
        Summary found = DatabaseFigures.of(database, origin);
        return found.equals(told)
                ? new Reading.Sound(told)
                : new Reading.Damaged("its tables are not those that its manifest tells of");
    }

    private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long left = bytes;
        while (left > 0) {
            int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
            if (read < 0) {
                throw new EOFException();
            }
            out.write(chunk, 0, read);
            left -= read;
        }
    }

    private static Manifest manifest(Summary summary) {
        Manifest.Builder manifest =
                Manifest.newBuilder()
                        .setClusterId(summary.clusterId())
                        .setPodId(summary.podId())
                        .setBackend(summary.backend())
                        .setDatabaseFormat(summary.databaseFormat())
                        .setAppliedIndex(summary.appliedIndex())
                        .setAppliedTerm(summary.appliedTerm())
                        .setStoreTimeMicros(summary.storeTimeMicros())
                        .setDatabaseBytes(summary.databaseBytes());
        summary.tables()
                .forEach(
                        (name, figures) ->
                                manifest.addTable(
                                        TableFigures.newBuilder()
                                                .setName(name)
                                                .setRows(figures.rows())
                                                .setSha256(
                                                        ByteString.copyFrom(
                                                                HexFormat.of()
                                                                        .parseHex(
                                                                                figures
                                                                                        .sha256())))));
        return manifest.build();
    }

    private static Summary summary(Manifest manifest) {
        TreeMap<String, Summary.Figures> tables = new TreeMap<>();
        for (TableFigures table : manifest.getTableList()) {
            String sha256 = HexFormat.of().formatHex(table.getSha256().toByteArray());
            tables.put(table.getName(), new Summary.Figures(table.getRows(), sha256));
        }
        return new Summary(
                manifest.getClusterId(),
                manifest.getPodId(),
                manifest.getBackend(),
                manifest.getDatabaseFormat(),
                manifest.getAppliedIndex(),
                manifest.getAppliedTerm(),
                manifest.getStoreTimeMicros(),
                manifest.getDatabaseBytes(),
                tables);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
