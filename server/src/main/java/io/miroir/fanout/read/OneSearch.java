package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.FilterInput;
import io.miroir.cluster.IndexView;
import io.miroir.core.filter.Filter;
import io.miroir.core.plan.KeyNarrowing;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.answer.FacetSpelling;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.PinnedHits;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.answer.SearchCall;
import io.miroir.fanout.answer.SearchCensus;
import io.miroir.fanout.answer.ThresholdCall;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One search of an index as it is now: asked of the nodes, and what their answers leave open asked
 * besides.
 *
 * @param asks for what the answer is made of
 * @param besides for what makes it that of one server
 * @param body the client's
 */
record OneSearch(
        IndexAsks asks,
        IndexAsks besides,
        IndexView index,
        ObjectNode body,
        AnswerBudget.Share share,
        ReadSettings settings) {

    /** What nodes said to a search, to be merged by it. */
    record Answered(SearchCall call, Coverage coverage) {
        List<ObjectNode> answers() {
            return coverage.answers();
        }

        ObjectNode merge(PinnedHits pinned, SearchCall.Besides besides) {
            return call.merge(answers(), pinned, besides);
        }
    }

    /** Searches. */
    Reading search() {
        ReservedFields.refuse(body, ErrorCode.INVALID_SEARCH_FILTER);
        SearchCall call = SearchCall.of(body, SearchJourney.profile(index));
        ThresholdCall threshold = call.byThreshold().orElse(null);
        Reading judged = threshold == null || !isSpread() ? null : judged(threshold);
        return judged != null ? judged : search(call);
    }

    /** Whether more than one node is to be asked: one by itself judges best what is good enough. */
    private boolean isSpread() {
        int copies = index.topology().replicationFactor();
        return index.topology().groups().stream().anyMatch(group -> group.size() > copies)
                && wanted().size() > 1;
    }

    private Reading search(SearchCall call) {
        Answered byFrequency = byFrequency(call);
        Answered answered = byFrequency != null ? byFrequency : ask(call);
        call.checkFacets();
        Answered words = byWordsWhereEnough(answered, PinnedHits.NONE);
        // Asked once more by their own frequencies nodes would tell of other documents.
        Answered best = byFrequency != null ? words : allWhereSeveral(words);
        settleExactness(best);
        List<ObjectNode> counted = byFrequency != null ? null : counted(best);
        settleFacets(best, counted);
        return Reading.of(
                best.merge(
                        PinnedHits.NONE,
                        new SearchCall.Besides(counted, null, null, knowsFormats(best))),
                best.coverage);
    }

    /** The hits that are good enough; null where nodes' own judgement is as good, or has to do. */
    private @Nullable Reading judged(ThresholdCall threshold) {
        SearchCall call = threshold.search();
        Answered byFrequency = byFrequency(call);
        Answered all = byFrequency != null ? byFrequency : ask(call);
        call.checkFacets();
        if (all.answers().size() < 2) {
            return null;
        }
        settleExactness(all);
        ThresholdCall.Judged judged = threshold.judged(all.answers()).orElse(null);
        if (judged == null && byFrequency == null) {
            judged = judgedOfAll(threshold, all);
        }
        if (judged == null) {
            return null;
        }
        Answered counts =
                threshold.lacksFacets(judged) ? beside(threshold.facetsOf(judged), all) : all;
        if (counts == null) {
            return null;
        }
        settleFacets(counts, judged.countable() ? judged.counted() : null);
        SearchCall.Besides more =
                SearchCall.Besides.ofJudged(judged, counts.answers(), knowsFormats(all));
        return Reading.of(all.merge(PinnedHits.NONE, more), all.coverage);
    }

    /** Judges all that is found, where that is little; null if it can't be had. */
    private ThresholdCall.@Nullable Judged judgedOfAll(ThresholdCall threshold, Answered first) {
        if (!threshold.isFew(first.answers())) {
            return null;
        }
        Coverage told = asked().whole(wanted(), threshold::allRequest, first.coverage);
        if (told == null) {
            return null;
        }
        Answered all = new Answered(threshold.search(), told);
        settleExactness(all);
        ThresholdCall.Judged judged = threshold.judgedOfAll(all.answers()).orElse(null);
        if (judged == null) {
            return null;
        }
        ThresholdCall.Judged shown = ThresholdCall.shown(judged, first.answers()).orElse(null);
        if (shown != null) {
            return shown;
        }
        Answered page = beside(threshold.pageOf(judged), first);
        return page == null ? null : ThresholdCall.shown(judged, page.answers()).orElse(null);
    }

    private @Nullable Answered byFrequency(SearchCall call) {
        Coverage coverage = call.isByFrequency() ? asked().byFrequency(call, wanted()) : null;
        if (coverage == null) {
            return null;
        }
        asks.requireWhole(coverage);
        return new Answered(call, coverage);
    }

    private void settleExactness(Answered answered) {
        if (answered.call.mayBeExact(answered.answers())) {
            asked().settleExactness(answered.call, wanted(), answered.coverage);
        }
    }

    private AskedBesides asked() {
        return new AskedBesides(besides, index, body, share);
    }

    /** The answers with all documents, where some have several values that are shown once. */
    private Answered allWhereSeveral(Answered answered) {
        SearchCall call = answered.call.forAll(answered.answers()).orElse(null);
        Answered all = call == null ? null : beside(call, answered);
        return all != null && SearchCall.isWhole(all.answers()) ? all : answered;
    }

    /** The answers to another search; null if they are less whole, or it is refused. */
    private @Nullable Answered beside(SearchCall call, Answered first) {
        Coverage coverage = asked().whole(wanted(), call::nodeRequest, first.coverage);
        return coverage == null ? null : new Answered(call, coverage);
    }

    /**
     * The documents that count, where nodes are asked for all; null where they aren't, or can't.
     */
    private @Nullable List<ObjectNode> counted(Answered answered) {
        SearchCensus census = answered.call.census(answered.answers()).orElse(null);
        return census == null ? null : asked().documents(census, wanted(), answered.coverage);
    }

    /**
     * Makes values of facets those of one server.
     *
     * @param documents that are counted instead; null for none
     */
    private void settleFacets(Answered answered, @Nullable List<ObjectNode> documents) {
        List<ObjectNode> answers = answered.answers();
        FacetSpelling spelling = answered.call.disputedSpelling(answers).orElse(null);
        if (spelling != null) {
            asked().settle(spelling, wanted(), SearchCall.distributions(answers));
        }
        if (documents == null) {
            asked().settle(answered.call.disputedKinds(answers), wanted(), answered.coverage);
        }
    }

    /** Whether nodes that found nothing know an attribute to format hits by, where others don't. */
    boolean knowsFormats(Answered answered) {
        if (!answered.call.lacksFormats(answered.answers())) {
            return false;
        }
        ShardSet others = ShardSet.all(index.topology().shards());
        for (Coverage.Part part : answered.coverage.parts()) {
            if (!part.answer().path("hits").isEmpty()) {
                others = others.andNot(part.asked().shards());
            }
        }
        return !others.isEmpty() && knowsFormats(answered.call, others);
    }

    /** Whether any node knows an attribute to format the hits of the search by. */
    boolean knowsFormats(IndexProfile profile) {
        ShardSet all = ShardSet.all(index.topology().shards());
        return knowsFormats(SearchCall.of(body, profile), all);
    }

    private boolean knowsFormats(SearchCall call, ShardSet shards) {
        Coverage told =
                besides.ask(IndexAsks.What.SEARCH, index, shards, body, share, call::formatRequest);
        return told.refusal().isEmpty() && SearchCall.isAnyFormatted(told.answers());
    }

    /**
     * Asks for what the answer is made of.
     *
     * @throws ApiException if the nodes refuse, or shards are missing and policy wants none missing
     */
    Answered ask(SearchCall call) {
        Coverage coverage =
                asks.ask(IndexAsks.What.SEARCH, index, wanted(), body, share, call::nodeRequest);
        asks.requireWhole(coverage);
        return new Answered(call, coverage);
    }

    /**
     * The answers to the search, a hybrid one as one server with everything does it. Where that
     * can't be asked as widely as it was, what nodes said first is a good answer still.
     */
    Answered byWordsWhereEnough(Answered hybrid, PinnedHits pinned) {
        Optional<SearchCall> words = hybrid.call.perhapsByWords(hybrid.answers(), pinned);
        Answered byWords = words.isEmpty() ? null : beside(words.get(), hybrid);
        return byWords != null && byWords.call.isByWords(byWords.answers(), pinned)
                ? byWords
                : hybrid;
    }

    // A filter on the primary key can leave few shards to ask; one that can't be parsed is the
    // nodes' to refuse. Which facets there are at all is known by all nodes together.
    private ShardSet wanted() {
        ShardSet all = ShardSet.all(index.topology().shards());
        if (!body.path("facets").isEmpty()) {
            return all;
        }
        String key = index.row().primaryKey();
        Filter filter = FilterInput.parse(body.get("filter"), ErrorCode.INVALID_SEARCH_FILTER);
        if (key == null || filter == null) {
            return all;
        }
        ShardSet narrowed =
                KeyNarrowing.shards(filter, key, all.size(), settings.keyLiteralsMax()).orElse(all);
        // Nothing can match, but somebody must say so in all its fields.
        return narrowed.isEmpty() ? ShardSet.of(0) : narrowed;
    }
}
