package io.miroir.embedded.engine.settings;

import io.miroir.core.text.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Words and what may stand for them, normalized. */
public final class Synonyms {
    private final Map<List<String>, List<List<String>>> byWords = new HashMap<>();

    Synonyms(JsonNode json, Tokenizer tokenizer) {
        json.properties()
                .forEach(
                        entry -> {
                            List<String> words = tokenizer.words(entry.getKey());
                            List<List<String>> others =
                                    byWords.computeIfAbsent(words, _ -> new ArrayList<>());
                            entry.getValue()
                                    .forEach(
                                            other -> {
                                                List<String> phrase =
                                                        tokenizer.words(other.stringValue());
                                                if (!phrase.isEmpty()
                                                        && !phrase.equals(words)
                                                        && !others.contains(phrase)) {
                                                    others.add(phrase);
                                                }
                                            });
                        });
    }

    /** What may stand for these words; each a word or a phrase. */
    public List<List<String>> of(List<String> words) {
        return byWords.getOrDefault(words, List.of());
    }
}
