package io.miroir.cluster.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.identity.LifePlan.Known;
import io.miroir.cluster.identity.LifePlan.Step;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What follows from a node's mark (protocol, rule 15). */
class LifePlanTest {
    private static Known known(@Nullable String life, @Nullable String written) {
        return new Known("us", "n", life, written, false);
    }

    private static Reading marked(String cluster, String node, String life) {
        return new Reading.Marked(new NodeMark(cluster, node, life));
    }

    private static Step decide(Known known, Reading found) {
        return LifePlan.decide(known, found);
    }

    @Test
    void aNodeThatWasNeverMarkedIsMarkedThenKnown() {
        assertEquals(new Step.Mark(), decide(known(null, null), new Reading.Unmarked()));
        assertEquals(new Step.Nothing(), decide(known(null, "1"), new Reading.Unmarked()));
        assertEquals(new Step.Recognise("1"), decide(known(null, "1"), marked("us", "n", "1")));
        assertEquals(new Step.Nothing(), decide(known("1", null), marked("us", "n", "1")));
    }

    /** After a rebuild the state knows nothing of the marks that are there. */
    @Test
    void aMarkThatNobodyKnowsIsReplaced() {
        assertEquals(new Step.Mark(), decide(known(null, null), marked("old", "n", "7")));
    }

    @Test
    void aNodeWithoutItsDiskOrWithAnOldOneBeginsANewLife() {
        assertInstanceOf(Step.Renew.class, decide(known("1", null), new Reading.Unmarked()));
        assertInstanceOf(Step.Renew.class, decide(known("2", null), marked("us", "n", "1")));
        assertInstanceOf(
                Step.Renew.class,
                decide(new Known("us", "n", "1", null, true), marked("us", "n", "1")));
    }

    /** A node that has much to do comes to its mark late: it is not renewed again and again. */
    @Test
    void whatWasWrittenIsWaitedFor() {
        assertEquals(new Step.Nothing(), decide(known("1", "2"), new Reading.Unmarked()));
        assertEquals(new Step.Nothing(), decide(known("1", "2"), marked("us", "n", "1")));
        assertEquals(new Step.Recognise("2"), decide(known("1", "2"), marked("us", "n", "2")));
    }

    @Test
    void whatIsSomebodyElsesIsLeftAlone() {
        assertInstanceOf(Step.Refuse.class, decide(known("1", null), marked("them", "n", "9")));
        assertInstanceOf(Step.Refuse.class, decide(known("1", null), marked("us", "other", "9")));
        assertInstanceOf(Step.Refuse.class, decide(known(null, null), marked("us", "other", "9")));
    }

    @Test
    void whoDoesNotAnswerIsNotJudged() {
        assertEquals(new Step.Nothing(), decide(known("1", null), new Reading.Unknown("down")));
    }

    @Test
    void livesStandInTheTopologyBesideItsShape() {
        String shape = "{\"shards\":4,\"groups\":[[\"n\"]]}";
        KnownLives lives = new KnownLives("us", Map.of()).with("n", new KnownLives.Life("1", 12));

        String json = lives.in(shape);

        assertEquals(lives, KnownLives.parse(json));
        assertTrue(json.startsWith(shape.substring(0, shape.length() - 1)), json);
        assertEquals(KnownLives.NONE, KnownLives.parse(shape));
    }
}
