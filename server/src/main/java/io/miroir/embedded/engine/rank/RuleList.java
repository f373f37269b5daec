package io.miroir.embedded.engine.rank;

import io.miroir.api.search.MatchingStrategy;
import io.miroir.api.search.SortBy;
import io.miroir.api.settings.RankingRule;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes the rules of one search from those of the settings; each is used once. */
final class RuleList {
    private final Snapshot snapshot;
    private final List<SortBy> sort;
    private final List<Rule> rules = new ArrayList<>();
    private final Set<RankingRule.Builtin> used = EnumSet.noneOf(RankingRule.Builtin.class);
    private final Set<String> sortedFields = new HashSet<>();

    private RuleList(Snapshot snapshot, List<SortBy> sort) {
        this.snapshot = snapshot;
        this.sort = sort;
    }

    /** Rules that only sort. */
    static List<Rule> sort(Snapshot snapshot, List<SortBy> sort) {
        RuleList list = new RuleList(snapshot, sort);
        sort.forEach(list::addSort);
        return list.rules;
    }

    /** Rules for a search without a query. */
    static List<Rule> placeholder(Snapshot snapshot, List<SortBy> sort) {
        RuleList list = new RuleList(snapshot, sort);
        for (RankingRule rule : snapshot.settings().rankingRules()) {
            list.addValueRule(rule);
        }
        return list.rules;
    }

    /** Rules for a search by vectors: they take the place of the first rule on words. */
    static List<Rule> vector(Snapshot snapshot, List<SortBy> sort, Rule vectorRule) {
        RuleList list = new RuleList(snapshot, sort);
        boolean added = false;
        for (RankingRule rule : snapshot.settings().rankingRules()) {
            if (!list.addValueRule(rule) && !added) {
                list.rules.add(vectorRule);
                added = true;
            }
        }
        return list.rules;
    }

    /** Rules for a search by words. */
    static List<Rule> keyword(
            Lookup lookup, List<SortBy> sort, MatchingStrategy strategy, Rule wordsRule) {
        RuleList list = new RuleList(lookup.snapshot(), sort);
        boolean words = strategy == MatchingStrategy.ALL;
        for (RankingRule rule : lookup.settings().rankingRules()) {
            if (list.addValueRule(rule)) {
                continue;
            }
            // Whichever rule on words comes first, words may have to be left out before it.
            if (!words) {
                list.rules.add(wordsRule);
                words = true;
            }
            list.addWordRule((RankingRule.Builtin) rule, lookup);
        }
        return list.rules;
    }

    /** Adds a rule on values; false if it is a rule on words. */
    private boolean addValueRule(RankingRule rule) {
        return switch (rule) {
            case RankingRule.ByField by -> {
                addSort(by.field(), by.ascending());
                yield true;
            }
            case RankingRule.Builtin builtin -> {
                if (builtin != RankingRule.Builtin.SORT) {
                    yield false;
                }
                if (used.add(builtin)) {
                    sort.forEach(this::addSort);
                }
                yield true;
            }
        };
    }

    private void addSort(SortBy by) {
        switch (by) {
            case SortBy.Field field -> addSort(field.name(), field.ascending());
            case SortBy.Geo geo ->
                    rules.add(
                            new GeoRule(
                                    snapshot, geo.latitude(), geo.longitude(), geo.ascending()));
        }
    }

    private void addSort(String field, boolean ascending) {
        if (sortedFields.add(field)) {
            rules.add(new SortRule(snapshot, field, ascending));
        }
    }

    private void addWordRule(RankingRule.Builtin rule, Lookup lookup) {
        if (!used.add(rule)) {
            return;
        }
        boolean unified = used.contains(RankingRule.Builtin.ATTRIBUTE);
        switch (rule) {
            case WORDS, SORT -> {}
            case TYPO -> rules.add(new TypoRule(lookup));
            case PROXIMITY -> rules.add(new ProximityRule(lookup));
            case ATTRIBUTE -> {
                boolean parts =
                        used.contains(RankingRule.Builtin.ATTRIBUTE_RANK)
                                || used.contains(RankingRule.Builtin.WORD_POSITION);
                if (!parts) {
                    rules.add(new AttributeRule(lookup));
                    rules.add(new PositionRule(lookup));
                }
            }
            case ATTRIBUTE_RANK -> {
                if (!unified) {
                    rules.add(new AttributeRule(lookup));
                }
            }
            case WORD_POSITION -> {
                if (!unified) {
                    rules.add(new PositionRule(lookup));
                }
            }
            case EXACTNESS -> {
                rules.add(new ExactAttributeRule(lookup));
                rules.add(new ExactWordsRule(lookup));
            }
        }
    }
}
