package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
import io.miroir.store.job.NewJob;
import io.miroir.store.lease.Leases;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Queued work and leases, of every backend alike. */
public interface JobsContract {
    long MINUTE = 60_000_000;
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    @Test
    default void theJobThatWasReadyFirstIsClaimedByOne() {
        // Mode C: each job has one claimant; types and partitions narrow the choice.
        Jobs jobs = store().jobs();
        List<NewJob> three =
                List.of(
                        new NewJob("first", "import", "a", "{}", 3, 0, 0),
                        new NewJob("second", "import", "b", "{}", 3, 0, 0),
                        new NewJob("later", "import", "a", "{}", 3, MINUTE, 0));
        assertEquals(new Jobs.Enqueueing.Enqueued(3), jobs.enqueue(three).orThrow());
        assertEquals(new Jobs.Enqueueing.Enqueued(0), jobs.enqueue(three).orThrow());

        JobRow inB = claimed("pod-a", "import", "b");
        assertEquals("second", inB.madeOf().id());
        JobRow any = claimed("pod-b", "import", null);
        assertEquals("first", any.madeOf().id());
        assertEquals(any, jobs.get(READ, "first").orElseThrow());
        assertInstanceOf(
                Jobs.Claiming.Nothing.class,
                jobs.claim("pod-c", List.of("import"), null, MINUTE).orThrow());
        assertInstanceOf(
                Jobs.Claiming.Nothing.class,
                jobs.claim("pod-c", List.of("backfill"), null, MINUTE).orThrow());
        three.forEach(job -> assertTrue(jobs.delete(job.id()).orThrow()));
        assertFalse(jobs.delete("first").orThrow());
    }

    @Test
    default void aClaimantBeatsSavesItsCursorAndQueuesWhatFollows() {
        Jobs jobs = store().jobs();
        jobs.enqueue(List.of(NewJob.of("split", "split", "{}"))).orThrow();
        long claim = number(claimed("pod-a", "split", null));
        assertInstanceOf(
                Jobs.Step.Beaten.class,
                jobs.beat("split", claim, MINUTE, "{\"cursor\":7}").orThrow());
        assertEquals("{\"cursor\":7}", jobs.get(READ, "split").orElseThrow().progressJson());
        assertInstanceOf(
                Jobs.Step.Lost.class, jobs.beat("split", claim + 1, MINUTE, null).orThrow());

        List<NewJob> parts =
                List.of(NewJob.of("part-1", "part", "{}"), NewJob.of("part-2", "part", "{}"));
        Jobs.Depth before = jobs.depth(READ);
        assertInstanceOf(
                Jobs.Step.Completed.class, jobs.complete("split", claim, "{}", parts).orThrow());
        assertInstanceOf(
                Jobs.Step.Lost.class, jobs.complete("split", claim, "{}", parts).orThrow());
        Jobs.Depth after = jobs.depth(READ);
        assertEquals(before.queued() + 2, after.queued());
        assertEquals(before.inProgress() - 1, after.inProgress());
        assertEquals(before.completed() + 1, after.completed());
        assertEquals(
                JobState.COMPLETED, jobs.list(READ, JobState.COMPLETED, 100).getFirst().state());
        List.of("split", "part-1", "part-2").forEach(id -> jobs.delete(id).orThrow());
    }

    @Test
    default void aClaimThatIsNotRenewedGoesToTheNextAndFencesTheFirst() throws Exception {
        Jobs jobs = store().jobs();
        jobs.enqueue(List.of(new NewJob("stolen", "steal", "", "{}", 2, 0, 0))).orThrow();
        Jobs.Claiming.Claimed first =
                (Jobs.Claiming.Claimed)
                        jobs.claim("pod-a", List.of("steal"), null, 1_000).orThrow();
        Thread.sleep(5);
        JobRow second = claimed("pod-b", "steal", null);
        assertEquals(2, second.attempts());
        assertInstanceOf(
                Jobs.Step.Lost.class,
                jobs.complete("stolen", number(first.job()), "{}", List.of()).orThrow());
        assertInstanceOf(
                Jobs.Step.Failed.class,
                jobs.fail("stolen", number(second), "{\"no\":1}", true).orThrow());
        JobRow failed = jobs.get(READ, "stolen").orElseThrow();
        assertEquals(JobState.FAILED, failed.state());
        assertEquals("{\"no\":1}", failed.errorJson());
        jobs.delete("stolen").orThrow();
    }

    @Test
    default void aFailureIsTriedAgainAfterABackoffThatDoubles() throws Exception {
        Jobs jobs = store().jobs();
        jobs.enqueue(List.of(new NewJob("flaky", "flaky", "", "{}", 9, 0, 1_000))).orThrow();
        for (int attempt = 1; attempt <= 3; attempt++) {
            JobRow job = claimed("pod-a", "flaky", null);
            long backoff = 1_000L << (attempt - 1);
            long before = store().status().storeTimeMicros();
            Jobs.Step.Requeued again =
                    (Jobs.Step.Requeued) jobs.fail("flaky", number(job), "{}", true).orThrow();
            assertTrue(again.readyAt() >= before + backoff, "shorter than " + backoff);
            // And not much longer: it can be claimed after this.
            Thread.sleep(1 + (long) Math.ceil(backoff / 1e3) * 2);
        }
        JobRow last = claimed("pod-a", "flaky", null);
        assertInstanceOf(
                Jobs.Step.Failed.class, jobs.fail("flaky", number(last), "{}", false).orThrow());
        jobs.delete("flaky").orThrow();
    }

    @Test
    default void whatHasEndedIsReplacedInOneStepByWhoSawIt() {
        Jobs jobs = store().jobs();
        NewJob again = new NewJob("again", "again", "part", "{\"of\":2}", 2, 0, 5);
        assertFalse(jobs.replace(again, 0, "{}").orThrow());
        assertTrue(jobs.get(READ, "again").isEmpty());

        jobs.enqueue(List.of(NewJob.of("again", "again", "{\"of\":1}"))).orThrow();
        assertFalse(jobs.replace(again, 0, "{}").orThrow());
        long first = number(claimed("pod-a", "again", null));
        JobRow underWay = jobs.get(READ, "again").orElseThrow();
        assertFalse(jobs.replace(again, first, "{}").orThrow());
        assertEquals(underWay, jobs.get(READ, "again").orElseThrow());

        jobs.complete("again", first, "{\"end\":7}", List.of()).orThrow();
        Jobs.Depth before = jobs.depth(READ);
        assertFalse(jobs.replace(again, first + 1, "{}").orThrow());
        assertTrue(jobs.replace(again, first, "{\"kept\":7}").orThrow());
        JobRow queued = jobs.get(READ, "again").orElseThrow();
        assertEquals(again, queued.madeOf());
        assertEquals(JobState.QUEUED, queued.state());
        assertEquals("{\"kept\":7}", queued.progressJson());
        assertEquals(0, queued.attempts());
        assertNull(queued.claim());
        assertNull(queued.dates().endedAt());
        Jobs.Depth after = jobs.depth(READ);
        assertEquals(before.completed() - 1, after.completed());
        assertEquals(before.queued() + 1, after.queued());
        // Who has not seen that yet changes nothing.
        assertFalse(jobs.replace(again, first, "{}").orThrow());

        JobRow second = claimed("pod-b", "again", "part");
        assertEquals("{\"kept\":7}", second.progressJson());
        jobs.fail("again", number(second), "{}", false).orThrow();
        assertTrue(jobs.replace(again, number(second), "{}").orThrow());
        assertTrue(jobs.delete("again").orThrow());
    }

    @Test
    default void aLeaseHasOneHolderWhoHandsItsPhaseOn() {
        Leases leases = store().leases();
        Leases.Taking.Taken first = taken(leases.take("reshard:a", "pod-a", MINUTE).orThrow());
        assertEquals(
                new Leases.Taking.Held("pod-a", first.epoch(), first.expiresAt()),
                leases.take("reshard:a", "pod-b", MINUTE).orThrow());
        assertInstanceOf(
                Leases.Holding.Renewed.class,
                leases.renew("reshard:a", first.epoch(), MINUTE, "{\"step\":2}").orThrow());
        // The same pod after a restart: what it sent before is refused from here on.
        Leases.Taking.Taken again = taken(leases.take("reshard:a", "pod-a", MINUTE).orThrow());
        assertEquals("{\"step\":2}", again.phaseJson());
        assertEquals(
                new Leases.Holding.Lost("pod-a", again.epoch()),
                leases.renew("reshard:a", first.epoch(), MINUTE, null).orThrow());
        assertInstanceOf(
                Leases.Holding.Released.class,
                leases.release("reshard:a", again.epoch(), "{\"step\":3}").orThrow());
        Leases.Taking.Taken next = taken(leases.take("reshard:a", "pod-b", MINUTE).orThrow());
        assertEquals("{\"step\":3}", next.phaseJson());
        leases.release("reshard:a", next.epoch(), null).orThrow();
        assertTrue(leases.get(READ, "reshard:a").isEmpty());
        assertEquals(
                new Leases.Holding.Lost("", 0),
                leases.renew("reshard:a", next.epoch(), MINUTE, null).orThrow());
    }

    @Test
    default void aLeaseIsFreeWhenItsTimeIsOver() throws Exception {
        Leases leases = store().leases();
        Leases.Taking.Taken first = taken(leases.take("short", "pod-a", 1_000).orThrow());
        Thread.sleep(5);
        Leases.Taking.Taken second = taken(leases.take("short", "pod-b", MINUTE).orThrow());
        assertTrue(second.epoch() > first.epoch());
        assertInstanceOf(
                Leases.Holding.Lost.class, leases.release("short", first.epoch(), null).orThrow());
        leases.release("short", second.epoch(), null).orThrow();
    }

    private JobRow claimed(String pod, String type, @Nullable String in) {
        return assertInstanceOf(
                        Jobs.Claiming.Claimed.class,
                        store().jobs().claim(pod, List.of(type), in, MINUTE).orThrow())
                .job();
    }

    private static long number(JobRow job) {
        return Objects.requireNonNull(job.claim()).number();
    }

    private static Leases.Taking.Taken taken(Leases.Taking taking) {
        return assertInstanceOf(Leases.Taking.Taken.class, taking);
    }
}
