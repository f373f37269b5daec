package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.text.QueryParts;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.answer.ExactWords;
import io.miroir.fanout.answer.FacetKinds;
import io.miroir.fanout.answer.FacetSearchCall;
import io.miroir.fanout.answer.FacetSpelling;
import io.miroir.fanout.answer.FrequentWords;
import io.miroir.fanout.answer.SearchCall;
import io.miroir.fanout.answer.SearchCensus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
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

    /** Tells numbers from texts that look like them in what nodes counted. */
    void settle(List<FacetKinds> kinds, ShardSet shards, Coverage counted) {
        if (kinds.isEmpty()) {
            return;
        }
        List<Coverage> told =
                askAll(kinds.size(), shards, (each, only) -> kinds.get(each).nodeRequest(only));
        for (int i = 0; i < kinds.size(); i++) {
            Map<NodeShards, JsonNode> numbers = new HashMap<>();
            told.get(i).parts().forEach(part -> numbers.put(part.asked(), part.answer()));
            for (Coverage.Part part : counted.parts()) {
                JsonNode ofNode = numbers.get(part.asked());
                if (ofNode != null) {
                    kinds.get(i).settle((ObjectNode) part.answer(), ofNode);
                }
            }
        }
    }

    /**
     * The answers to another search; null if they are less whole than those to the first, or it is
     * refused.
     */
    @Nullable Coverage whole(
            ShardSet shards, Function<@Nullable ShardSet, ObjectNode> request, Coverage first) {
        try {
            Coverage coverage = ask(IndexAsks.What.SEARCH, shards, request);
            return areWhole(List.of(coverage), first) ? coverage : null;
        } catch (ApiException _) {
            return null;
        }
    }

    /** Whether nobody refused, and all are as whole as another one. */
    private static boolean areWhole(List<Coverage> told, Coverage first) {
        return told.stream().allMatch(each -> each.refusal().isEmpty() && each.isAsWholeAs(first));
    }

    /**
     * The documents that count; null where these can't be told.
     *
     * @param answered the answers to the search itself
     */
    @Nullable List<ObjectNode> documents(SearchCensus census, ShardSet shards, Coverage answered) {
        Coverage found = whole(shards, census::nodeRequest, answered);
        return found == null ? null : census.documents(found.answers());
    }

    /** Makes hits whose attributes match exactly those that do so on one server. */
    void settleExactness(SearchCall call, ShardSet shards, Coverage answered) {
        List<ObjectNode> answers = answered.answers();
        List<QueryParts.Part.Word> words = words();
        boolean begins =
                !words.isEmpty()
                        && words.getLast().last()
                        && !index.settings().path("prefixSearch").asString("").equals("disabled");
        ExactWords exact =
                call.exactWords(
                                words.stream().map(QueryParts.Part.Word::text).toList(),
                                begins,
                                !index.settings().path("synonyms").isEmpty(),
                                answers)
                        .orElse(null);
        if (exact == null) {
            return;
        }
        ShardSet all = ShardSet.all(index.topology().shards());
        try {
            List<Supplier<Coverage>> questions =
                    new ArrayList<>(questions(exact.words(), shards, exact::documentsRequest));
            questions.addAll(questions(exact.words(), all, exact::indexRequest));
            List<Coverage> told = SideBySide.all(questions);
            List<Coverage> documents = told.subList(0, exact.words());
            List<Coverage> any = told.subList(exact.words(), told.size());
            // Who is not heard of any more may have what a hit matches by.
            if (areWhole(told, answered)) {
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
            if (!areWhole(ofWords, Coverage.NONE)) {
                return null;
            }
            List<FrequentWords.Step> steps =
                    frequent.steps(ofWords.stream().map(Coverage::answers).toList());
            if (steps.isEmpty()) {
                return null;
            }
            List<Supplier<Coverage>> questions =
                    new ArrayList<>(
                            questions(
                                    steps.size(),
                                    shards,
                                    (step, only) -> frequent.stepRequest(steps.get(step), only)));
            questions.addAll(
                    questions(
                            1, shards, (_, only) -> frequent.countRequest(steps.getLast(), only)));
            List<Coverage> told = SideBySide.all(questions);
            if (!areWhole(told, Coverage.NONE)) {
                return null;
            }
            frequent.settle(
                    steps, told.subList(0, steps.size()).stream().map(Coverage::answers).toList());
            return Coverage.together(told);
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
        return SideBySide.all(questions(count, shards, question));
    }

    private List<Supplier<Coverage>> questions(int count, ShardSet shards, Question question) {
        List<Supplier<Coverage>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int each = i;
            all.add(() -> ask(IndexAsks.What.SEARCH, shards, only -> question.of(each, only)));
        }
        return all;
    }

    /** Words as the index cuts them. */
    private QueryParts parts(String query) {
        return QueryParts.of(Pinner.tokenizer(index.settings()), query);
    }

    /** The words to find; none where there are phrases among them. */
    private List<QueryParts.Part.Word> words() {
        List<QueryParts.Part.Word> words = new ArrayList<>();
        for (QueryParts.Part part : parts(body.path("q").asString("")).terms()) {
            if (!(part instanceof QueryParts.Part.Word word)) {
                return List.of();
            }
            words.add(word);
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
