package io.miroir.fanout;

import io.miroir.core.routing.Separators;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * What an answer has at least that is one to the question. Whoever answers with less is no
 * Meilisearch, or in trouble: it has not said that there is nothing, and another one is asked.
 */
@FunctionalInterface
public interface AnswerShape {
    /** What every answer is. */
    AnswerShape OBJECT = JsonNode::isObject;

    /** A list of objects. */
    AnswerShape LIST = body -> isListOf(body.path("results"), JsonNode::isObject);

    /** A page of documents. */
    AnswerShape DOCUMENTS = body -> LIST.fits(body) && body.path("total").isIntegralNumber();

    /** A whole document. */
    AnswerShape DOCUMENT = body -> body.path(Separators.SHARD_FIELD).isString();

    /** What one query found. */
    AnswerShape SEARCH = body -> isListOf(body.path("hits"), JsonNode::isObject) && isCounted(body);

    /** Values of a facet. */
    AnswerShape FACET_VALUES =
            body -> isListOf(body.path("facetHits"), hit -> hit.path("count").isIntegralNumber());

    /** What is counted of one index. */
    AnswerShape STATS =
            body ->
                    body.path("numberOfDocuments").isIntegralNumber()
                            && body.path("fieldDistribution").isObject();

    /** What is counted of all indexes. */
    AnswerShape STATS_OF_ALL = body -> body.path("indexes").isObject();

    /** An index. */
    AnswerShape INDEX = body -> body.path("uid").isString();

    /** The settings of an index. */
    AnswerShape SETTINGS = body -> body.path("rankingRules").isArray();

    /** A task that was made of a request. */
    AnswerShape ENQUEUED = body -> body.path("taskUid").isIntegralNumber();

    /** A task. */
    AnswerShape TASK =
            body -> body.path("uid").isIntegralNumber() && body.path("status").isString();

    /** Tasks. */
    AnswerShape TASKS = body -> isListOf(body.path("results"), TASK::fits);

    /** Which Meilisearch it is. */
    AnswerShape VERSION = body -> body.path("pkgVersion").isString();

    /** Whether an answer can be one. */
    boolean fits(JsonNode body);

    /** What several queries found, each by itself. */
    static AnswerShape searches(int count) {
        return body ->
                body.path("results").size() == count
                        && isListOf(body.path("results"), SEARCH::fits);
    }

    private static boolean isListOf(JsonNode list, Predicate<JsonNode> one) {
        return list.isArray() && list.valueStream().allMatch(one);
    }

    private static boolean isCounted(JsonNode body) {
        return body.path("estimatedTotalHits").isIntegralNumber()
                || body.path("totalHits").isIntegralNumber();
    }
}
