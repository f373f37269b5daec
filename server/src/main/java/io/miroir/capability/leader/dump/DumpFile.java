package io.miroir.capability.leader.dump;

import io.miroir.api.Json;
import io.miroir.api.rules.RuleList;
import io.miroir.store.index.IndexRow;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;

/**
 * A dump while it is written. An archive wants to know how large a file is before its content, so
 * the documents of each index wait beside it, compressed: the disk holds the dump and the documents
 * of one index at most.
 */
final class DumpFile implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private static final String INDEXES = "indexes";
    private static final String METADATA = "metadata.json";
    private static final String SETTINGS = "settings.json";
    private static final String DOCUMENTS = "documents.jsonl";

    private final DumpDirectory directory;
    private final String uid;
    private final Path file;
    private final Path waiting;
    private final OutputStream out;
    private final TarStream tar;

    /** Begins a dump of that name. */
    DumpFile(DumpDirectory directory, String uid, Instant begun) throws IOException {
        this.directory = directory;
        this.uid = uid;
        this.file = directory.unfinished(uid);
        this.waiting = directory.unfinished(uid + "-documents");
        this.out = directory.write(file);
        this.tar = new TarStream(new GZIPOutputStream(out), begun.getEpochSecond());
    }

    /** What is not of an index. */
    void cluster(
            JsonNode metadata,
            List<? extends JsonNode> keys,
            JsonNode webhooks,
            JsonNode network,
            JsonNode features)
            throws IOException {
        tar.file("", METADATA, Json.bytes(metadata));
        tar.file("", "keys.jsonl", lines(keys));
        tar.file("", "webhooks.json", Json.bytes(webhooks));
        tar.file("", "network.json", Json.bytes(network));
        tar.file("", "experimental-features.json", Json.bytes(features));
        tar.file("tasks", "queue.jsonl", NOTHING);
        tar.file("batches", "queue.jsonl", NOTHING);
        // An import looks into the folder, also where there is no index.
        tar.folder(INDEXES);
    }

    /**
     * The dynamic search rules of clients, as a Meilisearch keeps them: an index of its own.
     *
     * @param updatedAt when they were last changed
     */
    void rules(List<? extends JsonNode> rules, long updatedAt) throws IOException {
        String folder = INDEXES + "/" + RuleList.INDEX;
        tar.file(folder, METADATA, Json.bytes(DumpWords.ruleIndex(updatedAt)));
        tar.file(folder, SETTINGS, Json.bytes(DumpWords.ruleSettings()));
        tar.file(folder, DOCUMENTS, lines(rules));
    }

    private static byte[] lines(List<? extends JsonNode> values) {
        StringBuilder lines = new StringBuilder();
        values.forEach(value -> lines.append(Json.text(value)).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Where the documents of the next index are written, from the beginning. */
    GZIPOutputStream documents() throws IOException {
        return new GZIPOutputStream(directory.write(waiting));
    }

    /**
     * An index, whose documents were written.
     *
     * @param name no other index of this dump has it
     * @param documentBytes how many bytes they have
     */
    void index(String name, IndexRow row, long documentBytes) throws IOException {
        String folder = INDEXES + "/" + name;
        if (!TarStream.fitsFolder(folder)) {
            // Imports go by the name inside; no uid has a dot, so this is none of another index.
            folder = INDEXES + "/" + row.physicalUid() + ".long";
        }
        tar.file(folder, METADATA, Json.bytes(DumpWords.index(name, row)));
        tar.file(folder, SETTINGS, Json.bytes(DumpWords.settings(row)));
        try (InputStream documents = new GZIPInputStream(Files.newInputStream(waiting))) {
            tar.file(folder, DOCUMENTS, documents, documentBytes);
        }
    }

    /** Ends it: it can be asked for from now on. */
    void keep() throws IOException {
        tar.close();
        directory.keep(file, uid);
    }

    /** Removes what is not kept. */
    @Override
    public void close() throws IOException {
        try (out) {
            Files.deleteIfExists(file);
        } finally {
            Files.deleteIfExists(waiting);
        }
    }
}
