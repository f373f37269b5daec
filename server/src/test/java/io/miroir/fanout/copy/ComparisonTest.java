package io.miroir.fanout.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How two nodes differ, read side by side in the order of writing (protocol, rule 14). */
class ComparisonTest {
    private static StoredDocument document(long seq, String id, String more) {
        return StoredDocument.of(
                Json.parseObject(
                        "{\"id\":\""
                                + id
                                + "\",\""
                                + Separators.SEQ_FIELD
                                + "\":\""
                                + Separators.seq(seq)
                                + "\""
                                + more
                                + "}"));
    }

    private static StoredDocument document(long seq, String id) {
        return document(seq, id, "");
    }

    private static SequenceReader.Pages pages(List<StoredDocument> all) {
        return (@Nullable String after, int limit) ->
                all.stream()
                        .sorted(Comparator.comparing(StoredDocument::seq))
                        .filter(one -> after == null || one.seq().compareTo(after) > 0)
                        .limit(limit)
                        .toList();
    }

    private static List<String> steps(
            List<StoredDocument> source, List<StoredDocument> target, long horizon) {
        Comparison comparison =
                new Comparison(
                        new SequenceReader(pages(source), null),
                        new SequenceReader(pages(target), null),
                        Separators.seq(horizon));
        List<String> steps = new ArrayList<>();
        for (Optional<Comparison.Step> step = comparison.next();
                step.isPresent();
                step = comparison.next()) {
            steps.add(
                    Separators.decode(step.get().seq())
                            + switch (step.get()) {
                                case Comparison.Step.Same _ -> "=";
                                case Comparison.Step.Lacking _ -> "+";
                                case Comparison.Step.Extra _ -> "-";
                            });
        }
        return steps;
    }

    @Test
    void whatIsOnOneSideOnlyIsPutOrRemoved() {
        assertEquals(
                List.of("1=", "2+", "3-", "4="),
                steps(
                        List.of(document(1, "a"), document(2, "b"), document(4, "d")),
                        List.of(document(1, "a"), document(3, "b"), document(4, "d")),
                        9));
    }

    @Test
    void aWritingWithOtherContentIsPut() {
        assertEquals(
                List.of("1+"),
                steps(
                        List.of(document(1, "a", ",\"n\":1")),
                        List.of(document(1, "a", ",\"n\":2")),
                        9));
    }

    @Test
    void whatWasWrittenSinceIsLeftForLater() {
        assertEquals(
                List.of("1="),
                steps(
                        List.of(document(1, "a"), document(5, "b")),
                        List.of(document(1, "a"), document(6, "c")),
                        4));
    }

    @Test
    void moreThanAPageIsReadOnBothSides() {
        List<StoredDocument> source = new ArrayList<>();
        for (int i = 1; i <= 5_000; i++) {
            source.add(document(i, "d" + i));
        }
        List<StoredDocument> target = new ArrayList<>(source);
        target.remove(4_000);
        target.remove(1_000);

        List<String> steps = steps(source, target, 9_999);

        assertEquals(5_000, steps.size());
        assertEquals(
                List.of("1001+", "4001+"), steps.stream().filter(s -> !s.endsWith("=")).toList());
    }

    @Test
    void fieldsMayBeInAnyOrderAndMadeVectorsDiffer() {
        StoredDocument one =
                document(
                        1,
                        "a",
                        ",\"x\":{\"p\":1,\"q\":[1,2]},\"_vectors\":{\"made\":{\"embeddings\":[[1]],"
                                + "\"regenerate\":true},\"own\":{\"embeddings\":[[2]],"
                                + "\"regenerate\":false}}");
        StoredDocument other =
                document(
                        1,
                        "a",
                        ",\"_vectors\":{\"own\":{\"regenerate\":false,\"embeddings\":[[2]]},"
                                + "\"made\":{\"embeddings\":[[9]],\"regenerate\":true}},"
                                + "\"x\":{\"q\":[1,2],\"p\":1}");
        assertTrue(one.same(other));
        assertEquals(one.digest(), other.digest());

        StoredDocument changed =
                document(
                        1,
                        "a",
                        ",\"x\":{\"p\":1,\"q\":[1,2]},\"_vectors\":{\"own\":{\"embeddings\":[[3]],"
                                + "\"regenerate\":false}}");
        assertFalse(one.same(changed));
    }

    @Test
    void anEmptyListOfVectorsIsNone() {
        assertTrue(document(1, "a", ",\"_vectors\":{}").same(document(1, "a")));
    }

    @Test
    void documentsAtRestAreComparedById() {
        Comparison.Mending mending =
                Comparison.of(
                        List.of(document(1, "a"), document(2, "b"), document(3, "c")),
                        List.of(document(1, "a"), document(9, "b"), document(4, "x")),
                        "id");
        assertEquals(
                List.of("b", "c"), mending.lacking().stream().map(one -> one.id("id")).toList());
        assertEquals(List.of("x"), mending.extraIds());
        assertTrue(Comparison.of(List.of(), List.of(), "id").isNothing());
    }

    @Test
    void aPageThatDoesNotComeIsAskedForSmaller() {
        List<Integer> limits = new ArrayList<>();
        SequenceReader reader =
                new SequenceReader(
                        (after, limit) -> {
                            limits.add(limit);
                            if (limits.size() == 1) {
                                throw new CopyFailedException("too much");
                            }
                            return List.of(document(1, "a"));
                        },
                        null);

        assertEquals("a", Objects.requireNonNull(reader.peek()).id("id"));
        assertTrue(limits.get(1) < limits.get(0), limits::toString);
    }
}
