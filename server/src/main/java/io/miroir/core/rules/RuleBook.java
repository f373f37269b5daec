package io.miroir.core.rules;

import io.miroir.core.text.QueryParts;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** All rules, in the order in which they go before one another. Immutable. */
public final class RuleBook {
    /** No rules. */
    public static final RuleBook EMPTY = new RuleBook(List.of());

    /** Rules that may hold for one search; further ones are passed over. */
    public static final int HOLDING_MAX = 1_000;

    /** Documents that may be pinned in one search; further ones are passed over. */
    public static final int PINS_MAX = 100;

    /** Documents that are looked up for one search, for some may not be there. */
    public static final int LOOKED_UP_MAX = 1_000;

    private final List<Rule> rules;

    /**
     * A book.
     *
     * @param rules those of equal precedence in the order in which they go
     */
    public RuleBook(List<Rule> rules) {
        this.rules =
                rules.stream()
                        .sorted(
                                Comparator.comparing(
                                        Rule::precedence,
                                        Comparator.nullsLast(Comparator.naturalOrder())))
                        .toList();
    }

    /**
     * Whether something may be pinned in a search, whatever its words are.
     *
     * @param isSearched as in {@link #pins}
     */
    public boolean mayPin(Predicate<String> isSearched, Instant now) {
        return rules.stream()
                .filter(rule -> rule.isOn(now))
                .flatMap(rule -> rule.actions().stream())
                .anyMatch(action -> action.isOf(isSearched));
    }

    /**
     * What is to be pinned in a search, if it is there: each document once, by the rule that goes
     * first, in the order in which the rules go.
     *
     * @param query the words of the search
     * @param isSearched whether a name stands for the index that is searched
     */
    public List<Pin> pins(QueryParts query, Predicate<String> isSearched, Instant now) {
        Set<String> words = query.words();
        boolean noTerms = query.terms().isEmpty();
        Set<String> pinned = new HashSet<>();
        return rules.stream()
                .filter(rule -> rule.holds(noTerms, words, now))
                .limit(HOLDING_MAX)
                .flatMap(rule -> rule.actions().stream())
                .filter(action -> action.isOf(isSearched))
                .map(Rule.Action::pin)
                .filter(pin -> pinned.add(pin.id()))
                .toList();
    }

    /**
     * As many as may be pinned in one search, by position; of equal ones what goes first has the
     * first place.
     *
     * @param there what goes first comes first
     */
    public static List<Pin> placed(List<Pin> there) {
        return there.stream()
                .limit(PINS_MAX)
                .sorted(Comparator.comparingLong(Pin::position))
                .toList();
    }
}
