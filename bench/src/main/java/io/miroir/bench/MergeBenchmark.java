package io.miroir.bench;

import io.miroir.api.Json;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.SearchCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The merge of three nodes' answers of 1,000 hits each into a page of 1,000: the upstream plan
 * (section 8) asks for less than 1 ms. A merge takes its answers apart, so each one gets its own;
 * they are made outside the measured time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MergeBenchmark {
    private static final int NODES = 3;
    private static final int HITS = 1_000;

    private final SearchCall call =
            SearchCall.of(
                    JsonNodeFactory.instance.objectNode().put("q", "word").put("limit", HITS),
                    IndexProfile.of("books", "m1", "id", JsonNodeFactory.instance.objectNode()));
    private final List<ObjectNode> templates = new ArrayList<>();
    private List<ObjectNode> answers = List.of();

    /** Answers as nodes give them: scores fall, full ties are broken by the sequence. */
    @Setup(Level.Trial)
    public void prepare() {
        for (int node = 0; node < NODES; node++) {
            templates.add(answer(node));
        }
    }

    /** Fresh answers for the next merge. */
    @Setup(Level.Invocation)
    public void copy() {
        answers = templates.stream().map(ObjectNode::deepCopy).toList();
    }

    /** One page of 1,000 hits out of 3,000. */
    @Benchmark
    public ObjectNode mergeThreeTimesThousandHits() {
        return call.merge(answers);
    }

    private static ObjectNode answer(int node) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        var hits = answer.putArray("hits");
        for (int i = 0; i < HITS; i++) {
            int words = 3 - (i / 400);
            String seq = "-".repeat(50) + Integer.toBinaryString((1 << 12) | (i * NODES + node));
            hits.add(
                    Json.parse(
                            """
                            {"id":%d,"title":"A title of some length","text":"and a short text",
                             "_rankingScore":%f,
                             "_rankingScoreDetails":{
                               "words":{"order":0,"matchingWords":%d,"maxMatchingWords":3,"score":1.0},
                               "typo":{"order":1,"typoCount":0,"maxTypoCount":3,"score":1.0},
                               "proximity":{"order":2,"score":%f},
                               "attributeRank":{"order":3,"score":1.0},
                               "_miroir_seq:asc":{"order":4,"value":"%s"}}}
                            """
                                    .formatted(
                                            i * NODES + node,
                                            1.0 - i / 2000.0,
                                            words,
                                            1.0 - (i % 400) / 800.0,
                                            seq.replace('0', '-').replace('1', '_'))));
        }
        answer.put("estimatedTotalHits", 5 * HITS);
        answer.put("processingTimeMs", 3);
        return answer;
    }
}
