package io.miroir.cli.demo;

import io.miroir.api.Json;
import io.miroir.api.documents.DocumentReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The demo's own input: all characters of {@link UnicodeCharacters}, or the first so many. */
public final class UnicodeDocuments implements Documents {
    /** More values than any facet here has: Unicode knows some 330 blocks. */
    private static final int FACET_VALUES_MAX = 500;

    private final long limit;

    /**
     * @param limit at most so many characters, from U+0000 on
     */
    public UnicodeDocuments(long limit) {
        this.limit = limit;
    }

    @Override
    public String index() {
        return "unicode";
    }

    @Override
    public String about() {
        return "Unicode characters";
    }

    @Override
    public long count() {
        return Math.min(limit, UnicodeCharacters.count());
    }

    @Override
    public Optional<String> primaryKey() {
        return Optional.of(UnicodeCharacters.PRIMARY_KEY);
    }

    @Override
    public ObjectNode settings() {
        ObjectNode settings = Json.object();
        settings.putArray("searchableAttributes").add("name").add("code").add("block");
        settings.putArray("filterableAttributes")
                .add("id")
                .add("block")
                .add("script")
                .add("category")
                .add("categoryCode")
                .add("plane")
                .add("direction")
                .add("mirrored")
                .add("emoji")
                .add("value");
        settings.putArray("sortableAttributes").add("id").add("name").add("value");
        settings.putObject("faceting").put("maxValuesPerFacet", FACET_VALUES_MAX);
        return settings;
    }

    @Override
    public List<ExampleSearch> examples() {
        ObjectNode arrows = search("arrow", 5);
        arrows.putArray("facets").add("block").add("category");
        ObjectNode cherokee = search("", 5).put("filter", "script = Cherokee");
        cherokee.putArray("sort").add("id:desc");
        ObjectNode numbers = search("", 5).put("filter", "value > 99 AND script != Han");
        numbers.putArray("sort").add("value:desc").add("id:asc");
        numbers.putArray("facets").add("script");
        return List.of(
                new ExampleSearch("a word, counted by block and category", arrows),
                new ExampleSearch("with a typo", search("grining face", 5)),
                new ExampleSearch("one script, the last letter first", cherokee),
                new ExampleSearch("numbers above 99, the largest first", numbers));
    }

    @Override
    public void read(DocumentReader.Sink sink) throws IOException {
        Iterator<ObjectNode> documents = UnicodeCharacters.documents().limit(limit).iterator();
        while (documents.hasNext()) {
            sink.accept(documents.next());
        }
    }

    private static ObjectNode search(String words, int limit) {
        return Json.object().put("q", words).put("limit", limit);
    }
}
