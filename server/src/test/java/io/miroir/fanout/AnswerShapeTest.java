package io.miroir.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken for an answer. */
class AnswerShapeTest {
    private static AnswerShape shape(String name) {
        return switch (name) {
            case "object" -> AnswerShape.OBJECT;
            case "document" -> AnswerShape.DOCUMENT;
            case "documents" -> AnswerShape.DOCUMENTS;
            case "search" -> AnswerShape.SEARCH;
            case "enqueued" -> AnswerShape.ENQUEUED;
            case "task" -> AnswerShape.TASK;
            case "tasks" -> AnswerShape.TASKS;
            case "settings" -> AnswerShape.SETTINGS;
            case "index" -> AnswerShape.INDEX;
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "object    | {}                                             | true",
                "object    | []                                             | false",
                "object    | null                                           | false",
                "document  | {\"_miroir_shard\": \"----\"}                  | true",
                "document  | {\"id\": 1}                                    | false",
                "documents | {\"results\": [], \"total\": 0}                | true",
                "documents | {\"results\": [{\"id\": 1}], \"total\": 1}     | true",
                "documents | {\"results\": [1], \"total\": 1}               | false",
                "documents | {\"results\": []}                              | false",
                "search    | {\"hits\": [], \"estimatedTotalHits\": 0}      | true",
                "search    | {\"hits\": [], \"totalHits\": 0}               | true",
                "search    | {\"hits\": []}                                 | false",
                "search    | {\"hits\": {}, \"totalHits\": 0}               | false",
                "search    | {\"hits\": [null], \"totalHits\": 1}           | false",
                "enqueued  | {\"taskUid\": 0}                               | true",
                "enqueued  | {\"taskUid\": \"0\"}                           | false",
                "task      | {\"uid\": 0, \"status\": \"enqueued\"}         | true",
                "task      | {\"uid\": 0}                                   | false",
                "tasks     | {\"results\": []}                              | true",
                "tasks     | {\"results\": [{\"uid\": 0}]}                  | false",
                "tasks     | {}                                             | false",
                "settings  | {\"rankingRules\": []}                         | true",
                "settings  | {}                                             | false",
                "index     | {\"uid\": \"m1\"}                              | true",
                "index     | {}                                             | false",
            })
    void isWhatWasAskedFor(String name, String body, boolean fits) {
        assertEquals(fits, shape(name).fits(Json.parse(body)), name + " " + body);
    }

    @Test
    void asManySearchesAsWereAsked() {
        String one = "{\"hits\": [], \"totalHits\": 0}";
        AnswerShape two = AnswerShape.searches(2);
        assertEquals(true, two.fits(Json.parse("{\"results\": [" + one + "," + one + "]}")));
        assertEquals(false, two.fits(Json.parse("{\"results\": [" + one + "]}")));
        assertEquals(false, two.fits(Json.parse("{\"results\": [" + one + ", {}]}")));
    }
}
