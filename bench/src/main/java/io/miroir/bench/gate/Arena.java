package io.miroir.bench.gate;

import java.nio.file.Path;
import java.util.List;

/** All sides of a comparison, running and warm. */
final class Arena implements AutoCloseable {
    private static final List<Integer> WARM_CALLERS = List.of(256, 16, 1);

    private final int voters;
    private final Pods pods;
    private final RedisServers equal;
    private final RedisServers usual;

    Arena(Path dir, int voters, long warmMillis) {
        this.voters = voters;
        this.pods = new Pods(dir.resolve("pods"), voters);
        this.equal =
                new RedisServers(
                        dir.resolve("equal"), voters, RedisServers.Durability.EQUAL, false);
        this.usual =
                new RedisServers(
                        dir.resolve("usual"), voters, RedisServers.Durability.USUAL, false);
        for (Child child :
                List.of(pods.follower(), pods.leader(), equal.asking(), usual.asking())) {
            for (int callers : WARM_CALLERS) {
                child.ask("closed insert_task " + callers + " " + warmMillis);
            }
            child.ask("prepare-reads");
        }
    }

    int voters() {
        return voters;
    }

    Pods pods() {
        return pods;
    }

    RedisServers equal() {
        return equal;
    }

    RedisServers usual() {
        return usual;
    }

    @Override
    public void close() {
        pods.close();
        equal.close();
        usual.close();
    }
}
