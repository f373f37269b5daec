package io.miroir.bench.gate;

import io.miroir.bench.tools.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The longest time without an acknowledged write, asked for all the while from a pod that stays,
 * when the leader (the master) goes. Redis is watched by three sentinels (down after 1 s); what it
 * acknowledged may be lost with its master, which no row shows.
 */
final class FailoverRows {
    private static final long WATCH_MILLIS = 6_000;
    private static final Duration BEFORE = Duration.ofMillis(1_500);

    private FailoverRows() {}

    static List<Measurement> all() {
        return List.of(
                failover("failover.kill", Child::kill, RedisServers::killMaster, "kill -9"),
                failover("failover.pause", Child::pause, RedisServers::pauseMaster, "SIGSTOP"),
                failover(
                        "failover.transfer",
                        leader -> leader.tell("close"),
                        RedisServers::orderFailover,
                        "the leader is asked to stop; SENTINEL FAILOVER"));
    }

    private static Measurement failover(
            String id, Consumer<Child> ours, Consumer<RedisServers> theirs, String note) {
        return new Measured(
                List.of(id),
                effort ->
                        effort.runsOf(
                                Duration.ofMillis(
                                        3 * (WATCH_MILLIS + effort.warmMillis() / 2 + 3_000))),
                bench -> {
                    bench.closeArena();
                    List<Double> gaps = new ArrayList<>();
                    List<Double> redisGaps = new ArrayList<>();
                    List<Double> usualGaps = new ArrayList<>();
                    for (int i = 0; i < bench.effort().runs(); i++) {
                        gaps.add(ourGap(bench, ours));
                        redisGaps.add(theirGap(bench, theirs, RedisServers.Durability.EQUAL));
                        usualGaps.add(theirGap(bench, theirs, RedisServers.Durability.USUAL));
                    }
                    return List.of(
                            Row.of(
                                    id,
                                    "ms",
                                    Row.Good.LOW,
                                    new Row.Runs(gaps, redisGaps, usualGaps),
                                    note
                                            + "; "
                                            + gaps.size()
                                            + " runs; sentinels: down after 1 s"));
                });
    }

    private static double ourGap(Bench bench, Consumer<Child> trouble) {
        try (Pods pods = new Pods(bench.newDirectory("failover"), 3)) {
            Child leader = pods.leader();
            Child asking = pods.follower();
            asking.ask("closed insert_task 16 " + bench.effort().warmMillis() / 2);
            return gap(asking, () -> trouble.accept(leader));
        }
    }

    private static double theirGap(
            Bench bench, Consumer<RedisServers> trouble, RedisServers.Durability durability) {
        try (RedisServers redis =
                RedisServers.watched(bench.newDirectory("failover"), durability)) {
            redis.asking().ask("closed insert_task 16 " + bench.effort().warmMillis() / 2);
            return gap(redis.asking(), () -> trouble.accept(redis));
        }
    }

    private static double gap(Child asking, Runnable trouble) {
        asking.tell("gap " + WATCH_MILLIS);
        Await.pause(BEFORE);
        trouble.run();
        return Double.parseDouble(asking.answer());
    }
}
