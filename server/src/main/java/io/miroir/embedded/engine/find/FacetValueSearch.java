package io.miroir.embedded.engine.find;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.core.text.Normalizing;
import io.miroir.embedded.engine.FacetAnswer;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.settings.TypoSettings;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.StringColumn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.ByteRunAutomaton;
import org.apache.lucene.util.automaton.LevenshteinAutomata;
import org.apache.lucene.util.automaton.Operations;
import org.jspecify.annotations.Nullable;

/** Searches among the values of a facet. */
public final class FacetValueSearch {
    /** Steps that making an automaton may take; a query that needs more matches as it is. */
    private static final int AUTOMATON_WORK_MAX = 100_000;

    private final Snapshot snapshot;
    private final IndexSettings settings;

    /** A search in a snapshot. */
    public FacetValueSearch(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.settings = snapshot.settings();
    }

    /**
     * Checks that a facet may be searched.
     *
     * @throws ApiException when it may not
     */
    public void check(String facet) {
        if (!settings.isFacetSearch()) {
            throw new ApiException(
                    ErrorCode.FACET_SEARCH_DISABLED, "The facet search is disabled for this index");
        }
        int rule = settings.filterableRule(facet);
        if (rule >= 0 && settings.filterable().get(rule).facetSearch()) {
            return;
        }
        SortedSet<String> patterns = settings.facetSearchPatterns();
        String why;
        if (rule >= 0) {
            why =
                    "Note: this attribute matches rule #"
                            + rule
                            + " in filterableAttributes, but this rule does not enable"
                            + " facetSearch.\nHint: enable facetSearch in rule #"
                            + rule
                            + " by adding `\"facetSearch\": true` to the rule.\nHint: prepend"
                            + " another rule matching "
                            + facet
                            + " with facetSearch: true before rule #"
                            + rule;
        } else {
            String known =
                    patterns.isEmpty()
                            ? "This index does not have configured facet-searchable attributes."
                            : "Available facet-searchable attributes patterns are: `"
                                    + Names.shown(patterns, settings)
                                    + "`.";
            why =
                    known
                            + " To make it facet-searchable add it to the `filterableAttributes`"
                            + " index settings.";
        }
        throw new ApiException(
                ErrorCode.INVALID_FACET_SEARCH_FACET_NAME,
                "Attribute `" + facet + "` is not facet-searchable. " + why);
    }

    /**
     * Values of a facet.
     *
     * @param query what they begin with or nearly; null for all
     * @param docs the documents that are counted
     */
    public List<FacetAnswer.Hit> find(String facet, @Nullable String query, FixedBitSet docs) {
        StringColumn column = snapshot.facets().strings(facet);
        int[] counts = new int[column.size()];
        for (int doc = docs.nextSetBit(0);
                doc != DocIdSetIterator.NO_MORE_DOCS;
                doc = doc + 1 >= docs.length() ? END : docs.nextSetBit(doc + 1)) {
            for (int i = 0; i < column.count(doc); i++) {
                counts[column.group(column.ordinal(doc, i))]++;
            }
        }
        Predicate<String> wanted = query == null ? _ -> true : matcher(facet, query);
        StringColumn.Reader reader = column.reader();
        List<FacetAnswer.Hit> hits = new ArrayList<>();
        boolean byCount = settings.isFacetByCount(facet);
        for (int group = 0; group < counts.length; group++) {
            if (counts[group] == 0) {
                continue;
            }
            String original = reader.original(group);
            if (wanted.test(Normalizing.facetSearch(original))) {
                hits.add(new FacetAnswer.Hit(original, counts[group]));
            }
            if (!byCount && hits.size() == settings.maxValuesPerFacet()) {
                break;
            }
        }
        if (byCount) {
            hits.sort(
                    Comparator.comparingLong(FacetAnswer.Hit::count)
                            .thenComparing(FacetAnswer.Hit::value)
                            .reversed());
        }
        return hits.subList(0, Math.min(hits.size(), settings.maxValuesPerFacet()));
    }

    private static final int END = DocIdSetIterator.NO_MORE_DOCS;

    private Predicate<String> matcher(String facet, String query) {
        String wanted = Normalizing.facetSearch(query);
        TypoSettings typo = settings.typo();
        if (!typo.enabled() || typo.exactAttributes().contains(facet)) {
            return value -> value.startsWith(wanted);
        }
        if (typo.exactWords().contains(wanted)) {
            return value -> value.equals(wanted);
        }
        int bytes = wanted.getBytes(StandardCharsets.UTF_8).length;
        int typos = bytes < typo.oneTypoChars() ? 0 : bytes < typo.twoTyposChars() ? 1 : 2;
        if (typos == 0) {
            return value -> value.startsWith(wanted);
        }
        var near = new LevenshteinAutomata(wanted, true).toAutomaton(typos);
        var prefix =
                Operations.determinize(
                        Operations.concatenate(List.of(near, Automata.makeAnyString())),
                        AUTOMATON_WORK_MAX);
        ByteRunAutomaton run = new ByteRunAutomaton(prefix);
        return value -> {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            return run.run(utf8, 0, utf8.length);
        };
    }
}
