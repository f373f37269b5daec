package io.miroir;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.cluster.member.Doorkeeper;
import io.miroir.cluster.member.PodIdentity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A pod's disk is copied to another machine and started there while the pod is down: both would
 * vote as that pod (rule 24).
 */
@Timeout(300)
class CopiedDiskTest {
    private static final int COPIED = 1;
    private static final String ANOTHER_RUNS = "another pod named pod-1 runs";

    private final Ports free = PortsApart.make();
    private final List<StorePod> running = new ArrayList<>();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(Doorkeeper.class);
    private final AppenderBase<ILoggingEvent> listening =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    told.add(event.getFormattedMessage());
                }
            };

    private StorePod.Layout layout;

    /** As it is configured where the copy is. */
    private StorePod.Layout elsewhere;

    private Path copy;

    @BeforeEach
    void aDiskIsCopiedFromAPodThatIsDown(@TempDir Path dir) {
        listening.start();
        log.addAppender(listening);
        List<List<Integer>> ports = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ports.add(List.of(free.free(), free.free()));
        }
        layout = new StorePod.Layout(dir.resolve("one"), ports);
        List<List<Integer>> others = new ArrayList<>(ports);
        others.set(COPIED, List.of(free.free(), free.free()));
        elsewhere = new StorePod.Layout(dir.resolve("other"), others);
        copy = dir.resolve("copy");
        running.addAll(StorePod.startAll(layout));
        running.forEach(
                pod ->
                        StorePod.await(
                                "it is a member", () -> stage(pod) == PodIdentity.Stage.MEMBER));
        running.remove(COPIED).close();
        EnteringTest.copy(layout.data(COPIED), copy);
    }

    @AfterEach
    void stopAll() {
        running.forEach(StorePod::close);
        log.detachAppender(listening);
    }

    private static PodIdentity.Stage stage(StorePod pod) {
        return Objects.requireNonNull(pod.opening().doorkeeper()).identity().orElseThrow().stage();
    }

    private StorePod startCopy() {
        return StorePod.start(elsewhere, COPIED, copy, elsewhere.ports().get(COPIED));
    }

    private StorePod start(int pod) {
        StorePod started = StorePod.start(layout, pod);
        running.add(started);
        return started;
    }

    @Test
    void whileOthersRunTheCopyIsNotLetInAndThePodIs() {
        CompletableFuture<StorePod> starts =
                CompletableFuture.supplyAsync(
                        this::startCopy, task -> Thread.ofPlatform().start(task));
        StorePod.await(
                "it waits",
                () ->
                        starts.isDone()
                                || told.stream()
                                        .anyMatch(line -> line.contains("nobody answers where")));
        assertFalse(starts.isDone(), "the copy is let in, or refused for something else");
        StorePod pod = start(COPIED);
        Throwable refused = assertThrows(CompletionException.class, starts::join);
        assertTrue(String.valueOf(refused.getMessage()).contains(ANOTHER_RUNS), refused::toString);
        StorePod.await("all voters", () -> pod.store().status().leaderId() != null);
    }

    @Test
    void aCopyThatStartedWhereNobodyCouldTellEndsWhenThePodIsThere() {
        running.forEach(StorePod::close);
        running.clear();
        StorePod alone = startCopy();
        running.add(alone);
        for (int pod = 0; pod < 3; pod++) {
            start(pod);
        }
        StorePod.await(
                "it ends",
                () ->
                        alone.fatal().stream()
                                .anyMatch(
                                        end ->
                                                String.valueOf(end.getMessage())
                                                        .contains(ANOTHER_RUNS)));
    }
}
