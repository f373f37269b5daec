package io.miroir.api.settings;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** Embedders of all sources, each with some of the members that it may have. */
final class RandomEmbedders {
    private final Random random;

    RandomEmbedders(Random random) {
        this.random = random;
    }

    /** One as an index has it. */
    ObjectNode next() {
        while (true) {
            try {
                ObjectNode given = given(EmbedderSource.Place.ALONE);
                return EmbedderChange.of("e", Json.parse("{}").path("e"), given);
            } catch (ApiException refused) {
                // Fragments of documents without some of searches, say.
            }
        }
    }

    private ObjectNode given(EmbedderSource.Place place) {
        List<EmbedderSource> sources =
                EmbedderSource.ALL.stream()
                        .filter(one -> place == EmbedderSource.Place.ALONE || one.isForParts())
                        .toList();
        EmbedderSource source = sources.get(random.nextInt(sources.size()));
        ObjectNode given = Json.object().put("source", source.word());
        for (String member : EmbedderSource.MEMBERS) {
            boolean chosen = source.mandatory().contains(member) || random.nextInt(3) == 0;
            if (chosen && !member.equals("source") && source.permits(member, place)) {
                put(given, member);
            }
        }
        return given;
    }

    private void put(ObjectNode given, String member) {
        switch (member) {
            case "model" ->
                    given.put(member, word("text-embedding-3-small", "text-embedding-3-large"));
            case "dimensions", "documentTemplateMaxBytes" ->
                    given.put(member, 1 + random.nextInt(2));
            case "url" -> given.put(member, word("http://a", "http://b"));
            case "indexingFragments", "searchFragments" -> {
                ObjectNode fragments = given.putObject(member);
                for (String name : List.of("x", "y")) {
                    if (random.nextBoolean()) {
                        fragments.putObject(name).put("value", word("1", "2"));
                    }
                }
            }
            case "request", "response", "headers" ->
                    given.putObject(member).put(word("a", "b"), word("c", "d"));
            case "searchEmbedder" -> given.set(member, given(EmbedderSource.Place.SEARCH));
            case "indexingEmbedder" -> given.set(member, given(EmbedderSource.Place.INDEXING));
            case "distribution" -> given.putObject(member).put("mean", 0.5).put("sigma", 0.25);
            case "binaryQuantized" -> given.put(member, random.nextBoolean());
            default -> given.put(member, word("m", "n"));
        }
    }

    private String word(String one, String other) {
        return random.nextBoolean() ? one : other;
    }
}
