package io.miroir.embedded.engine.store;

import io.miroir.api.documents.PrimaryKey;
import io.miroir.embedded.engine.settings.IndexSettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files of one index. One thread writes; what it has written is seen by others, and survives a
 * crash, from {@link #commit} on.
 */
public final class IndexStore implements Closeable {
    private static final double RAM_BUFFER_MEGABYTES = 16;

    private final Path path;
    private final FSDirectory directory;
    private volatile Snapshot current;
    private IndexWriter writer;
    private PathIds paths;
    private IndexSettings settings;
    private @Nullable String primaryKey;
    private @Nullable FreeNumbers numbers;

    private IndexStore(Path path) throws IOException {
        this.path = path;
        this.directory = FSDirectory.open(path);
        this.writer = openWriter();
        CommitData data = committed();
        this.paths = new PathIds(data.paths());
        this.settings = new IndexSettings(data.settings());
        this.primaryKey = data.primaryKey();
        if (!DirectoryReader.indexExists(directory)) {
            writer.setLiveCommitData(data.toMap().entrySet());
            writer.commit();
        }
        this.current = new Snapshot(DirectoryReader.open(directory), settings, data);
    }

    /** Opens the index in a directory, which is made if it is not there. */
    public static IndexStore open(Path path) {
        try {
            Files.createDirectories(path);
            return new IndexStore(path);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private IndexWriter openWriter() throws IOException {
        IndexWriterConfig config = new IndexWriterConfig();
        config.setRAMBufferSizeMB(RAM_BUFFER_MEGABYTES);
        config.setCommitOnClose(false);
        return new IndexWriter(directory, config);
    }

    private CommitData committed() {
        Map<String, String> map = new HashMap<>();
        Iterable<Map.Entry<String, String>> entries = writer.getLiveCommitData();
        if (entries != null) {
            entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        }
        return CommitData.of(map);
    }

    /** The last commit; to be closed after use. */
    public Snapshot snapshot() {
        while (true) {
            Snapshot snapshot = current;
            if (snapshot.retain()) {
                return snapshot;
            }
        }
    }

    /** Settings for what is written from now on. */
    public IndexSettings settings() {
        return settings;
    }

    /**
     * Adds documents; one whose id is known takes the old one's place and keeps its number.
     *
     * @param documents by id, checked
     * @param known the numbers of those that are there already
     * @return the numbers of all
     */
    public IntStream put(Map<String, ObjectNode> documents, Map<String, Integer> known)
            throws IOException {
        DocumentIndexer indexer = new DocumentIndexer(settings, paths);
        IntStream.Builder used = IntStream.builder();
        for (Map.Entry<String, ObjectNode> entry : documents.entrySet()) {
            String id = entry.getKey();
            Integer number = known.get(id);
            int own = number == null ? freeNumbers().next() : number;
            used.add(own);
            var document = indexer.index(id, own, entry.getValue());
            if (number == null) {
                writer.addDocument(document);
            } else {
                writer.updateDocument(new Term(Keys.ID, id), document);
            }
        }
        return used.build();
    }

    /** Numbers that no document had at the last commit, the smallest first, as Meilisearch does. */
    private FreeNumbers freeNumbers() {
        FreeNumbers free = numbers;
        if (free == null) {
            try (Snapshot committed = snapshot()) {
                free = FreeNumbers.of(committed);
            }
            numbers = free;
        }
        return free;
    }

    /** Deletes documents by id. */
    public void delete(List<String> ids) throws IOException {
        Term[] terms = ids.stream().map(id -> new Term(Keys.ID, id)).toArray(Term[]::new);
        writer.deleteDocuments(terms);
    }

    /** Deletes every document. */
    public void clear() throws IOException {
        writer.deleteAll();
        numbers = FreeNumbers.all();
    }

    /**
     * Takes other settings, and indexes every document anew if they ask for it.
     *
     * @throws io.miroir.api.ApiException when a document does not go with them; nothing is changed
     */
    public void use(IndexSettings changed) throws IOException {
        boolean same = changed.indexesLike(settings);
        try (Snapshot before = view()) {
            if (changed.demandsMoreThan(settings)) {
                checkAll(before, changed);
            }
            settings = changed;
            if (same) {
                return;
            }
            DocumentIndexer indexer = new DocumentIndexer(changed, paths);
            writer.deleteAll();
            FixedBitSet live = before.live();
            for (int doc = 0; doc < before.maxDoc(); doc++) {
                if (!live.get(doc)) {
                    continue;
                }
                ObjectNode json = before.document(doc);
                String id = idOf(json);
                DocumentIndexer.check(id, json, changed, new MissingVectors());
                writer.addDocument(indexer.index(id, before.numberOf(doc), json));
            }
        }
    }

    private void checkAll(Snapshot before, IndexSettings changed) {
        MissingVectors missing = new MissingVectors();
        for (int doc : before.byNumber()) {
            ObjectNode json = before.document(doc);
            DocumentIndexer.check(idOf(json), json, changed, missing);
        }
        missing.refuseIfAny();
    }

    /** The id of a stored document. */
    public String idOf(ObjectNode json) {
        if (primaryKey == null) {
            throw new IllegalStateException("documents without a primary key");
        }
        return new PrimaryKey(primaryKey).idOf(json);
    }

    /** The primary key of what is written from now on; null while there is none. */
    public @Nullable String primaryKey() {
        return primaryKey;
    }

    /** The document that an update leaves: its fields over those of the old one. */
    public ObjectNode merged(@Nullable ObjectNode old, ObjectNode update) {
        return DocumentIndexer.merged(old, update);
    }

    /**
     * Brings a document into the form in which it is stored.
     *
     * @param id its id, for messages
     * @param missing told of a document without vectors that its user must bring
     * @throws io.miroir.api.ApiException when it cannot be indexed
     */
    public void check(String id, ObjectNode document, MissingVectors missing) {
        DocumentIndexer.check(id, document, settings, missing);
    }

    /** Names the primary key of what is written from now on. */
    public void usePrimaryKey(@Nullable String name) {
        primaryKey = name;
    }

    /** A view of everything written so far, committed or not; to be closed after use. */
    public Snapshot view() throws IOException {
        return view(snapshotData());
    }

    private Snapshot view(CommitData data) throws IOException {
        return new Snapshot(DirectoryReader.open(writer), settings, data);
    }

    private CommitData snapshotData() {
        try (Snapshot last = snapshot()) {
            return last.data();
        }
    }

    /** The committed state that a step leaves. */
    public CommitData next(long taskUid, ObjectNode outcomes) {
        return new CommitData(taskUid, outcomes, primaryKey, settings.json(), paths.paths());
    }

    /** Makes everything written durable and visible. */
    public void commit(CommitData data) throws IOException {
        writer.setLiveCommitData(new LinkedHashMap<>(data.toMap()).entrySet());
        writer.commit();
        numbers = null;
        Snapshot fresh = view(data);
        Snapshot old = current;
        current = fresh;
        old.close();
    }

    /** Merges all segments into one, without what is deleted. */
    public void compact() throws IOException {
        writer.forceMerge(1);
        commit(snapshotData());
    }

    /** Forgets everything written since the last commit. */
    public void rollback() throws IOException {
        writer.rollback();
        writer = openWriter();
        CommitData data = committed();
        paths = new PathIds(data.paths());
        numbers = null;
        settings = new IndexSettings(data.settings());
        primaryKey = data.primaryKey();
    }

    /** Bytes of its files. */
    public long diskBytes() {
        try (Stream<Path> files = Files.list(path)) {
            return files.mapToLong(IndexStore::sizeOf).sum();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A file may go away while it is looked at: then it counts nothing. */
    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }

    @Override
    public void close() throws IOException {
        current.close();
        writer.close();
        directory.close();
    }
}
