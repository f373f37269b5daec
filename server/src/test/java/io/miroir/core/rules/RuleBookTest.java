package io.miroir.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.text.QueryParts;
import io.miroir.core.text.Tokenizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RuleBookTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final Tokenizer TOKENIZER =
            new Tokenizer(List.of(), List.of(), List.of(), List.of("the"));

    /** Shows: all words of a rule must be there, whole, in any order and case. */
    @Test
    void aRuleOfWordsWantsThemAll() {
        assertTrue(holds(List.of("batman"), "BATMAN returns"));
        assertTrue(holds(List.of("mario", "luigi"), "luigi and mario"));
        assertFalse(holds(List.of("mario", "luigi"), "mario"));
        assertFalse(holds(List.of("bat"), "batman"));
        assertFalse(holds(List.of("batman"), "batm"));
        assertTrue(holds(List.of(), ""));
        assertTrue(holds(List.of(), "anything"));
    }

    /** Shows: what Meilisearch does with words named twice and with more than it counts. */
    @Test
    void wordsAreCountedAsMeilisearchCountsThem() {
        assertFalse(holds(List.of("mario", "mario"), "mario mario"));
        List<String> counted = IntStream.range(0, 30).mapToObj(i -> "w" + i).toList();
        assertFalse(holds(counted, "w1"));
        List<String> more = IntStream.range(0, 31).mapToObj(i -> "w" + i).toList();
        assertTrue(holds(more, "w1"));
    }

    /** Shows: a phrase of several words has none of them, and so has what is not wanted. */
    @Test
    void phrasesAndUnwantedWordsCountForNothing() {
        assertTrue(holds(List.of("batman"), "\"batman\""));
        assertFalse(holds(List.of("batman"), "\"batman returns\""));
        assertFalse(holds(List.of("batman"), "joker -batman"));
    }

    /** Shows: a query without words is empty, whatever else stands in it. */
    @Test
    void emptinessIsThatOfWords() {
        Rule empty = rule(null, true, Rule.Times.ALWAYS, true, null, pin("a", 0));
        Rule some = rule(null, true, Rule.Times.ALWAYS, false, null, pin("b", 0));
        for (String query : List.of("", " ", "!", "-batman", "the !")) {
            assertEquals(List.of(new Pin("a", 0)), pins(query, empty, some), query);
        }
        for (String query : List.of("x", "the", "\"x y\"")) {
            assertEquals(List.of(new Pin("b", 0)), pins(query, empty, some), query);
        }
    }

    @Test
    void aRuleHoldsInItsTimeWhileItIsActive() {
        assertTrue(holdsAt(null, null));
        assertTrue(holdsAt(NOW, NOW));
        assertTrue(holdsAt(NOW.minusSeconds(1), null));
        assertFalse(holdsAt(NOW.plusSeconds(1), null));
        assertTrue(holdsAt(null, NOW.plusSeconds(1)));
        assertFalse(holdsAt(null, NOW.minusSeconds(1)));
        assertEquals(
                List.of(),
                pins("x", rule(null, false, Rule.Times.ALWAYS, null, null, pin("a", 0))));
    }

    /** Shows: a document is pinned by the rule that goes first, and has its place from it. */
    @Test
    void precedenceDecidesBetweenRules() {
        Rule last = always(null, pin("a", 0), pin("b", 4));
        Rule second = always(2L, pin("b", 3), pin("c", 1));
        Rule first = always(1L, pin("c", 3));
        List<Pin> pins = pins("", last, second, first);
        assertEquals(List.of(new Pin("c", 3), new Pin("b", 3), new Pin("a", 0)), pins);
        assertEquals(
                List.of(new Pin("a", 0), new Pin("c", 3), new Pin("b", 3)), RuleBook.placed(pins));
    }

    /** Shows: rules name indexes, or pin in any that has the document. */
    @Test
    void rulesAreOfTheirIndex() {
        Rule rule =
                always(
                        null,
                        new Rule.Action("other", new Pin("a", 0)),
                        new Rule.Action("searched", new Pin("b", 1)),
                        new Rule.Action(null, new Pin("c", 2)));
        assertEquals(List.of(new Pin("b", 1), new Pin("c", 2)), pins("", rule));
    }

    /** Shows: words are not looked at before a rule acts on the index, at that time. */
    @Test
    void onlyRulesThatActOnTheIndexMayPin() {
        Rule.Action searched = new Rule.Action("searched", new Pin("a", 0));
        assertFalse(mayPin(always(null, new Rule.Action("other", new Pin("a", 0)))));
        assertTrue(mayPin(always(null, searched)));
        assertTrue(mayPin(always(null, pin("a", 0))));
        assertTrue(mayPin(rule(null, true, Rule.Times.ALWAYS, true, List.of("x"), searched)));
        assertFalse(mayPin(rule(null, false, Rule.Times.ALWAYS, null, null, searched)));
        Rule.Times over = new Rule.Times(null, NOW.minusSeconds(1));
        assertFalse(mayPin(rule(null, true, over, null, null, searched)));
        assertFalse(mayPin());
    }

    private static boolean mayPin(Rule... rules) {
        return new RuleBook(List.of(rules)).mayPin("searched"::equals, NOW);
    }

    @Test
    void noMoreIsPinnedThanMayBe() {
        List<Rule> rules =
                IntStream.range(0, RuleBook.PINS_MAX + 1)
                        .mapToObj(i -> always(null, pin("d" + i, i)))
                        .toList();
        List<Pin> pins = pins("", rules.toArray(Rule[]::new));
        assertEquals(RuleBook.PINS_MAX + 1, pins.size(), "some may not be there");
        assertEquals(pins.subList(0, RuleBook.PINS_MAX), RuleBook.placed(pins));
        Rule same = always(null, pin("a", 0));
        List<Rule> holding = new ArrayList<>(Collections.nCopies(RuleBook.HOLDING_MAX, same));
        holding.add(always(null, pin("b", 0)));
        assertEquals(List.of(new Pin("a", 0)), pins("", holding.toArray(Rule[]::new)));
    }

    private static boolean holds(List<String> words, String query) {
        Rule rule = rule(null, true, Rule.Times.ALWAYS, null, words, pin("a", 0));
        return !pins(query, rule).isEmpty();
    }

    private static boolean holdsAt(@Nullable Instant start, @Nullable Instant end) {
        Rule rule = rule(null, true, new Rule.Times(start, end), null, null, pin("a", 0));
        return !pins("x", rule).isEmpty();
    }

    private static List<Pin> pins(String query, Rule... rules) {
        return new RuleBook(List.of(rules))
                .pins(QueryParts.of(TOKENIZER, query), "searched"::equals, NOW);
    }

    private static Rule always(@Nullable Long precedence, Rule.Action... actions) {
        return rule(precedence, true, Rule.Times.ALWAYS, null, null, actions);
    }

    private static Rule rule(
            @Nullable Long precedence,
            boolean active,
            Rule.Times times,
            @Nullable Boolean empty,
            @Nullable List<String> words,
            Rule.Action... actions) {
        return new Rule(precedence, active, times, empty, words, List.of(actions));
    }

    private static Rule.Action pin(String id, long position) {
        return new Rule.Action(null, new Pin(id, position));
    }
}
