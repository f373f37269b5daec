package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.api.Json;
import io.miroir.fanout.lane.SettingsTries.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of nodes that don't show the settings that they were sent, as a table. */
class SettingsTriesTest {
    private static final Shown WANTED = new Shown.Wanted();
    private static final Shown OTHER = new Shown.Other();
    private static final Shown UNKNOWN = new Shown.Unknown("timeout");
    private static final Shown REFUSED = new Shown.Refused(Json.object().put("message", "no"));

    private final SettingsTries tries = new SettingsTries(2);

    private static Verdict again(long millis) {
        return new Verdict.Again(Duration.ofMillis(millis));
    }

    @Test
    void aNodeThatShowsOthersIsSentThemAgainEachTimeLater() {
        assertEquals(again(200), tries.judge("a", OTHER, true, true));
        assertEquals(again(400), tries.judge("a", OTHER, true, true));
        assertEquals(again(200), tries.judge("b", OTHER, false, true), "nodes count apart");
        assertInstanceOf(Verdict.GiveUp.class, tries.judge("a", OTHER, true, true));
    }

    /** Before they are in force a refusal decides; afterwards the node is the odd one. */
    @Test
    void aRefusalCountsAtOnceUnlessTheSettingsAreInForce() {
        assertEquals(
                new Verdict.GiveUp(Json.object().put("message", "no")),
                tries.judge("a", REFUSED, false, true));
        assertEquals(again(200), tries.judge("b", REFUSED, true, true));
        assertEquals(again(400), tries.judge("b", REFUSED, true, true));
        assertInstanceOf(Verdict.GiveUp.class, tries.judge("b", REFUSED, true, true));
    }

    @Test
    void silenceIsDoubtNotDivergence() {
        assertEquals(again(200), tries.judge("a", UNKNOWN, true, true));
        assertEquals(new Verdict.PassOver("timeout"), tries.judge("a", UNKNOWN, true, false));
        assertEquals(again(400), tries.judge("a", UNKNOWN, true, true));
        assertEquals(new Verdict.PassOver("timeout"), tries.judge("a", UNKNOWN, true, true));
    }

    @Test
    void whatIsMendedCountsAnew() {
        assertEquals(again(200), tries.judge("a", OTHER, true, true));
        assertEquals(new Verdict.Has(), tries.judge("a", WANTED, true, true));
        assertEquals(again(200), tries.judge("a", OTHER, true, true));
    }

    @Test
    void pausesDoubleUpToHalfAMinute() {
        assertEquals(Duration.ofMillis(200), SettingsTries.pause(1));
        assertEquals(Duration.ofMillis(25_600), SettingsTries.pause(8));
        assertEquals(Duration.ofSeconds(30), SettingsTries.pause(9));
        assertEquals(Duration.ofSeconds(30), SettingsTries.pause(1_000));
    }
}
