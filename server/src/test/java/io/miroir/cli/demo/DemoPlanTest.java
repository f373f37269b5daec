package io.miroir.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.fleet.FleetException;
import io.miroir.cli.fleet.FleetShape;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoPlanTest {
    private static final DemoOptions.Shape USUAL = shape(null, null, null);
    private static final DemoOptions.Servers EMBEDDED =
            new DemoOptions.Servers(List.of(), Optional.empty(), false);
    private static final DemoOptions.Input UNICODE = input(false);

    @TempDir Path dir;

    @Test
    void withoutFlagsItIsTheWholeShow() {
        DemoPlan plan = plan(options(USUAL, EMBEDDED, UNICODE, true));
        assertEquals(FleetShape.DEFAULT, plan.fleet().shape());
        assertEquals("unicode", plan.documents().orElseThrow().index());
        assertTrue(plan.tour().orElseThrow().steps().contains(new TourStep.KillNode()));
    }

    @Test
    void aDirectoryThatWasUsedGoesOnWithTheSameShapePortsAndKeys() {
        DemoPlan first = plan(options(shape(1, null, 1), EMBEDDED, UNICODE, false));
        DemoPlan again = plan(options(USUAL, EMBEDDED, UNICODE, false));
        assertEquals(first.fleet().shape(), again.fleet().shape());
        assertEquals(first.fleet().ports(), again.fleet().ports());
        assertEquals(first.fleet().keys(), again.fleet().keys());
        String refusal = refusal(options(shape(3, null, null), EMBEDDED, UNICODE, false));
        assertTrue(refusal.contains("--dir"), refusal);
    }

    @Test
    void aTourThatCouldOnlyFailIsRefused() {
        assertTrue(
                refusal(options(shape(1, null, null), EMBEDDED, UNICODE, true))
                        .contains("--pods 3"));
        assertTrue(
                refusal(options(shape(null, 1, null), EMBEDDED, UNICODE, true))
                        .contains("--groups 2"));
        assertTrue(refusal(options(USUAL, EMBEDDED, input(true), true)).contains("--no-data"));
    }

    @Test
    void serversThatDoNotAnswerOrCanNotBeSharedEvenlyAreRefused() {
        List<URI> three =
                List.of(
                        URI.create("http://127.0.0.1:1"),
                        URI.create("http://127.0.0.1:2"),
                        URI.create("http://127.0.0.1:3"));
        DemoOptions.Servers servers = new DemoOptions.Servers(three, Optional.of("k"), false);
        assertTrue(
                refusal(options(shape(null, 2, null), servers, UNICODE, false))
                        .contains("3 servers"));
        assertTrue(
                refusal(options(shape(null, 3, null), servers, UNICODE, false))
                        .contains("does not answer"));
    }

    private DemoPlan plan(DemoOptions options) {
        return DemoPlan.of(options, dir, new Random(11));
    }

    private String refusal(DemoOptions options) {
        return assertThrows(FleetException.class, () -> plan(options)).getMessage();
    }

    private static DemoOptions options(
            DemoOptions.Shape shape,
            DemoOptions.Servers servers,
            DemoOptions.Input input,
            boolean tour) {
        return new DemoOptions(
                shape,
                servers,
                input,
                new DemoOptions.Place(
                        Optional.empty(), false, OptionalInt.empty(), Optional.empty()),
                new DemoOptions.Run(tour, false));
    }

    private static DemoOptions.Shape shape(
            @Nullable Integer pods, @Nullable Integer groups, @Nullable Integer nodesPerGroup) {
        return new DemoOptions.Shape(
                of(pods), of(groups), of(nodesPerGroup), OptionalInt.empty(), OptionalInt.empty());
    }

    private static OptionalInt of(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static DemoOptions.Input input(boolean nothing) {
        return new DemoOptions.Input(Optional.empty(), Optional.empty(), nothing);
    }
}
