package io.miroir.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.text.QueryParts.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueryPartsTest {
    private static final Tokenizer TOKENIZER =
            new Tokenizer(List.of(), List.of(), List.of(), List.of("the"));

    @Test
    void wordsAndPhrasesHaveTheirPlaces() {
        QueryParts parts = QueryParts.of(TOKENIZER, "Red \"the été\" -blue -\"dark sea\" x");
        assertEquals(
                List.of(
                        new Part.Word("red", false, 0),
                        new Part.Phrase(Arrays.asList(null, "ete"), 2),
                        new Part.Word("x", true, 6)),
                parts.terms());
        assertEquals(List.of("blue"), parts.negativeWords());
        assertEquals(List.of(List.of("dark", "sea")), parts.negativePhrases());
        assertEquals(Set.of("red", "ete", "x"), parts.words());
    }

    /** Shows: a stop word is none, but at the very end it may be the beginning of a word. */
    @Test
    void aStopWordAtTheEndIsAWord() {
        assertEquals(Set.of("sea"), QueryParts.of(TOKENIZER, "the sea").words());
        assertEquals(Set.of("the"), QueryParts.of(TOKENIZER, "the").words());
        assertEquals(Set.of(), QueryParts.of(TOKENIZER, "the ").words());
    }

    @Test
    void termsBeyondTheLimitAreIgnored() {
        String query =
                IntStream.range(0, 20).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        assertEquals(QueryParts.TERMS_MAX, QueryParts.of(TOKENIZER, query).terms().size());
    }
}
