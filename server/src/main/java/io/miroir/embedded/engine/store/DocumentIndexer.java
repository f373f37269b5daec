package io.miroir.embedded.engine.store;

import io.miroir.api.Json;
import io.miroir.core.text.Normalizing;
import io.miroir.core.text.Positions;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.settings.IndexSettings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns documents into Lucene's. One at a time; what it returns is only good until the next. */
final class DocumentIndexer {
    /** Longer attributes have no count of their words: nobody types such a query. */
    static final int COUNTED_WORDS_MAX = 30;

    /** Lucene's longest term, less what stands before an original value. */
    private static final int ORIGINAL_BYTES_MAX = 32_000;

    private static final FieldType MARK = new FieldType();
    private static final FieldType WORD = new FieldType();

    static {
        MARK.setIndexOptions(IndexOptions.DOCS);
        MARK.setTokenized(false);
        MARK.setOmitNorms(true);
        MARK.freeze();
        WORD.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
        WORD.setOmitNorms(true);
        WORD.freeze();
    }

    private final IndexSettings settings;
    private final PathIds paths;
    private final WordStream words = new WordStream();
    private final WordStream exactWords = new WordStream();

    DocumentIndexer(IndexSettings settings, PathIds paths) {
        this.settings = settings;
        this.paths = paths;
    }

    Document index(String id, long number, ObjectNode json) {
        Document document = new Document();
        document.add(new StringField(Keys.ID, id, Field.Store.NO));
        document.add(new NumericDocValuesField(Keys.NUMBER, number));
        document.add(new StoredField(Keys.SOURCE, Json.bytes(json)));
        Facets facets = new Facets(document);
        FacetWalk walk = new FacetWalk(settings, facets);
        Map<String, AttributeWords> attributes = new HashMap<>();
        words.clear();
        exactWords.clear();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            String name = field.getKey();
            if (name.equals(VectorField.NAME)) {
                continue;
            }
            mark(document, Keys.topField(name));
            walk.field(name, field.getValue());
            tokenize(name, field.getValue(), attributes);
        }
        attributes.values().forEach(attribute -> attribute.finish(document));
        if (!words.isEmpty()) {
            document.add(new Field(Keys.WORDS, words, WORD));
        }
        if (!exactWords.isEmpty()) {
            document.add(new Field(Keys.EXACT_WORDS, exactWords, WORD));
        }
        geo(id, json, document);
        vectors(json, document);
        return document;
    }

    private void geo(String id, ObjectNode json, Document document) {
        GeoField geo = settings.isGeo() ? GeoField.read(id, json.path("_geo")) : null;
        if (geo != null) {
            document.add(
                    new NumericDocValuesField(
                            Keys.LATITUDE, Double.doubleToRawLongBits(geo.latitude())));
            document.add(
                    new NumericDocValuesField(
                            Keys.LONGITUDE, Double.doubleToRawLongBits(geo.longitude())));
        }
    }

    private void vectors(ObjectNode json, Document document) {
        for (Embedder embedder : settings.embedders().values()) {
            byte[] packed = VectorField.packed(json, embedder);
            if (packed != null) {
                document.add(
                        new BinaryDocValuesField(
                                Keys.vectors(embedder.name()), new BytesRef(packed)));
                mark(document, Keys.hasVectors(embedder.name()));
            }
        }
    }

    private void tokenize(String path, JsonNode value, Map<String, AttributeWords> attributes) {
        switch (value.getNodeType()) {
            case OBJECT ->
                    value.properties()
                            .forEach(
                                    member ->
                                            tokenize(
                                                    path + "." + member.getKey(),
                                                    member.getValue(),
                                                    attributes));
            case ARRAY -> value.forEach(element -> tokenize(path, element, attributes));
            case STRING -> words(path, value.stringValue(), attributes);
            case NUMBER, BOOLEAN -> words(path, value.toString(), attributes);
            case NULL, BINARY, MISSING, POJO -> paths.idOf(path);
        }
    }

    private void words(String path, String text, Map<String, AttributeWords> attributes) {
        AttributeWords attribute = attributes.get(path);
        if (attribute == null) {
            // Paths that are not searched are numbered as well: searches may name them.
            int known = paths.idOf(path);
            int pathId = settings.weight(path) < 0 ? -1 : known;
            boolean exact = settings.typo().exactAttributes().contains(path);
            attribute = new AttributeWords(pathId, exact ? exactWords : words);
            attributes.put(path, attribute);
        }
        if (attribute.pathId >= 0) {
            attribute.add(text);
        }
    }

    private static void mark(Document document, BytesRef mark) {
        document.add(new Field(Keys.MARKS, mark, MARK));
    }

    /** The words of one attribute of the document at hand. */
    private final class AttributeWords {
        final int pathId;
        private final WordStream stream;
        private final Positions positions = new Positions();
        private int count;

        AttributeWords(int pathId, WordStream stream) {
            this.pathId = pathId;
            this.stream = stream;
        }

        void add(String text) {
            positions.add(
                    settings.tokenizer().tokenize(text),
                    (word, position) -> {
                        stream.add(word, (pathId << 16) | position);
                        count++;
                    });
        }

        void finish(Document document) {
            if (pathId >= 0 && count > 0 && count <= COUNTED_WORDS_MAX) {
                mark(document, Keys.wordCount(pathId, count));
            }
        }
    }

    /** Adds facet values to a document, each once. */
    private static final class Facets implements FacetWalk.Sink {
        private final Document document;
        private final Set<BytesRef> seen = new HashSet<>();

        Facets(Document document) {
            this.document = document;
        }

        private boolean markOnce(BytesRef mark) {
            boolean first = seen.add(mark);
            if (first) {
                mark(document, mark);
            }
            return first;
        }

        @Override
        public void exists(String path) {
            markOnce(Keys.exists(path));
        }

        @Override
        public void isNull(String path) {
            markOnce(Keys.isNull(path));
        }

        @Override
        public void isEmpty(String path) {
            markOnce(Keys.isEmpty(path));
        }

        @Override
        public void string(String path, String value) {
            String normalized = Keys.cut(Normalizing.facet(value));
            if (markOnce(Keys.string(path, normalized))) {
                String both = normalized + '\0' + Keys.cut(value, ORIGINAL_BYTES_MAX);
                document.add(new SortedSetDocValuesField(Keys.strings(path), new BytesRef(both)));
            }
        }

        @Override
        public void number(String path, double value) {
            if (markOnce(Keys.number(path, value))) {
                document.add(
                        new SortedNumericDocValuesField(Keys.numbers(path), Keys.sortable(value)));
            }
        }
    }

    /** Checks what a document must fulfil, and brings it into its stored form. */
    static void check(String id, ObjectNode json, IndexSettings settings, MissingVectors missing) {
        if (settings.isGeo()) {
            GeoField.read(id, json.path("_geo"));
        }
        if (!settings.embedders().isEmpty() || json.has(VectorField.NAME)) {
            VectorField.normalize(id, json, settings, missing);
        }
    }

    /** The document that an update leaves: its fields over those of the old one. */
    static ObjectNode merged(@Nullable ObjectNode old, ObjectNode update) {
        if (old == null) {
            return update;
        }
        for (Map.Entry<String, JsonNode> field : update.properties()) {
            JsonNode before = old.path(VectorField.NAME);
            if (field.getKey().equals(VectorField.NAME)
                    && before instanceof ObjectNode vectors
                    && field.getValue() instanceof ObjectNode changed) {
                changed.properties().forEach(e -> vectors.set(e.getKey(), e.getValue()));
            } else {
                old.set(field.getKey(), field.getValue());
            }
        }
        return old;
    }
}
