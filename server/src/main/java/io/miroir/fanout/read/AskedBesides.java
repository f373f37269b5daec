package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.cluster.IndexView;
import io.miroir.core.text.QueryParts;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.answer.Census;
import io.miroir.fanout.answer.ExactWords;
import io.miroir.fanout.answer.FacetSearchCall;
import io.miroir.fanout.answer.FacetSpelling;
import io.miroir.fanout.answer.FrequentWords;
import io.miroir.fanout.answer.SearchCall;
import io.miroir.fanout.answer.SearchCensus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What nodes are asked besides a search of an index, where their answers don't tell what one server
 * would. Where they don't answer a second time, the first answers are good still.
 *
 * @param body the client's
 */
record AskedBesides(IndexAsks asks, IndexView index, ObjectNode body, AnswerBudget.Share share) {

    /** Spells values of facets as one server does, in documents that a search finds. */
    void settle(FacetSpelling spelling, ShardSet shards, List<ObjectNode> distributions) {
        settle(spelling, ask(IndexAsks.What.SEARCH, shards, spelling::nodeRequest), distributions);
    }

    private static void settle(
            FacetSpelling spelling, Coverage found, List<ObjectNode> distributions) {
        if (found.refusal().isEmpty()) {
            spelling.settle(found.answers(), distributions);
        }
    }

    /**
     * The documents that count; null where these can't be told.
     *
     * @param answered the answers to the search itself
     */
    @Nullable List<ObjectNode> documents(Census census, ShardSet shards, Coverage answered) {
        try {
            Coverage found = ask(IndexAsks.What.SEARCH, shards, census::nodeRequest);
            return found.refusal().isEmpty() && found.isAsWholeAs(answered)
                    ? census.documents(found.answers())
                    : null;
        } catch (ApiException _) {
            return null;
        }
    }

    /** Makes hits whose attributes match exactly those that do so on one server. */
    void settleExactness(SearchCall call, ShardSet shards, Coverage answered) {
        List<ObjectNode> answers = answered.answers();
        ExactWords exact = call.exactWords(words(), answers).orElse(null);
        if (exact == null) {
            return;
        }
        ShardSet all = ShardSet.all(index.topology().shards());
        try {
            List<Coverage> documents = askAll(exact.words(), shards, exact::documentsRequest);
            List<Coverage> any = askAll(exact.words(), all, exact::indexRequest);
            // Who is not heard of any more may have what a hit matches by.
            if (Stream.concat(documents.stream(), any.stream())
                    .allMatch(each -> each.refusal().isEmpty() && each.isAsWholeAs(answered))) {
                exact.settle(
                        answers,
                        documents.stream().map(Coverage::answers).toList(),
                        any.stream().map(Coverage::answers).toList());
            }
        } catch (ApiException _) {
            // What nodes said first is a good answer still.
        }
    }

    /**
     * The answers to a search that lets go of the most frequent words first; null where nodes' own
     * frequencies have to do.
     *
     * @param shards to search
     */
    @Nullable Coverage byFrequency(SearchCall call, ShardSet shards) {
        String words = body.path("q").asString("");
        FrequentWords frequent =
                call.frequentWords(parts(words), parts(FrequentWords.NOWHERE)).orElse(null);
        if (frequent == null) {
            return null;
        }
        ShardSet everywhere = ShardSet.all(index.topology().shards());
        try {
            List<Coverage> ofWords = askAll(frequent.words(), everywhere, frequent::wordRequest);
            if (ofWords.stream()
                    .anyMatch(
                            each ->
                                    each.refusal().isPresent()
                                            || !each.isAsWholeAs(Coverage.NONE))) {
                return null;
            }
            List<FrequentWords.Step> steps =
                    frequent.steps(ofWords.stream().map(Coverage::answers).toList());
            if (steps.isEmpty()) {
                return null;
            }
            List<Coverage> ofSteps =
                    askAll(
                            steps.size(),
                            shards,
                            (step, only) -> frequent.stepRequest(steps.get(step), only));
            Coverage counts =
                    ask(
                            IndexAsks.What.SEARCH,
                            shards,
                            only -> frequent.countRequest(steps.getLast(), only));
            if (counts.refusal().isPresent()
                    || ofSteps.stream().anyMatch(each -> each.refusal().isPresent())) {
                return null;
            }
            frequent.settle(steps, ofSteps.stream().map(Coverage::answers).toList());
            List<Coverage> all = new ArrayList<>(ofSteps);
            all.add(counts);
            return Coverage.together(all);
        } catch (ApiException _) {
            return null;
        }
    }

    /** A question asked of a node for each of several words or steps. */
    @FunctionalInterface
    private interface Question {
        ObjectNode of(int each, @Nullable ShardSet only);
    }

    private List<Coverage> askAll(int count, ShardSet shards, Question question) {
        List<Supplier<Coverage>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int each = i;
            all.add(() -> ask(IndexAsks.What.SEARCH, shards, only -> question.of(each, only)));
        }
        return SideBySide.all(all);
    }

    /** Words as the index cuts them. */
    private QueryParts parts(String query) {
        return QueryParts.of(Pinner.tokenizer(index.settings()), query);
    }

    /** The words to find; none where there are phrases among them. */
    private List<String> words() {
        List<String> words = new ArrayList<>();
        for (QueryParts.Part part : parts(body.path("q").asString("")).terms()) {
            if (!(part instanceof QueryParts.Part.Word word)) {
                return List.of();
            }
            words.add(word.text());
        }
        return words;
    }

    /** Values that were searched for, as one server spells and counts them. */
    List<ObjectNode> settled(FacetSearchCall call, Coverage answered) {
        List<ObjectNode> told = call.distributions(answered.answers());
        ShardSet all = ShardSet.all(index.topology().shards());
        FacetSpelling spelling = call.disputedSpelling(told).orElse(null);
        if (spelling != null) {
            settle(spelling, ask(IndexAsks.What.DOCUMENTS, all, spelling::fetchRequest), told);
        }
        Optional<SearchCensus> census = call.census();
        if (census.isEmpty() || call.isBeyond(told)) {
            return told;
        }
        List<ObjectNode> documents = documents(census.get(), all, answered);
        return documents == null ? told : call.recounted(told, documents);
    }

    private Coverage ask(
            IndexAsks.What what,
            ShardSet shards,
            Function<@Nullable ShardSet, ObjectNode> request) {
        return asks.ask(what, index, shards, body, share, request);
    }
}
