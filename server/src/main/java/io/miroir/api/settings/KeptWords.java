package io.miroir.api.settings;

import io.miroir.api.Json;
import io.miroir.core.merge.Utf8Order;
import io.miroir.core.text.Normalizing;
import io.miroir.core.text.Token;
import io.miroir.core.text.Tokenizer;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Words of settings in the form in which nodes keep them, and show them afterwards. */
final class KeptWords {
    private static final Tokenizer TOKENIZER =
            new Tokenizer(List.of(), List.of(), List.of(), List.of());

    private KeptWords() {}

    /** Stop words: taken apart, Arabic letters as Persian has them; case and accents stay. */
    static ArrayNode stopWords(JsonNode words) {
        return kept(words, Normalizing::stopWord);
    }

    /** Words without typos: as they are searched. */
    static ArrayNode withoutTypos(JsonNode words) {
        return kept(
                words,
                word ->
                        TOKENIZER.tokenize(word).stream()
                                .map(Token::lemma)
                                .collect(Collectors.joining()));
    }

    private static ArrayNode kept(JsonNode words, UnaryOperator<String> form) {
        ArrayNode kept = Json.array();
        words.valueStream()
                .map(word -> form.apply(word.stringValue()))
                .sorted(Utf8Order.ASCENDING)
                .distinct()
                .forEach(kept::add);
        return kept;
    }
}
