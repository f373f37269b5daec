package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three processes; whoever leads is killed with -9 under writes, and started again. */
class RaftKillTest {
    private static final Logger LOG = LoggerFactory.getLogger(RaftKillTest.class);
    private static final int KILLS = 3;
    private static final int WRITES_BETWEEN = 60;

    private final SortedMap<String, Member> members = new TreeMap<>();

    @AfterEach
    void stopAll() {
        members.values().forEach(Member::kill);
    }

    @Test
    void nothingAcknowledgedIsLostAndNothingIsDoneTwice(@TempDir Path dir) throws Exception {
        // Rules 21 and 22: each uid was given out once, every acknowledged one is still there, and
        // the
        // killed member's database goes on from the index that is in it.
        List<RaftStoreConfig.Peer> peers = Group.freePeers();
        for (RaftStoreConfig.Peer peer : peers) {
            members.put(peer.id(), new Member(peer.id(), dir, peers));
        }
        NavigableSet<Long> acknowledged = new TreeSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            write(acknowledged, WRITES_BETWEEN);
            String leader = leader();
            Objects.requireNonNull(members.remove(leader)).kill();
            long killedNanos = System.nanoTime();
            write(acknowledged, 1);
            LOG.info(
                    "first write after the kill of {}: {} ms",
                    leader,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNanos));
            write(acknowledged, WRITES_BETWEEN / 2);
            members.put(leader, new Member(leader, dir, peers));
        }
        write(acknowledged, 1);
        Group.await("equal digests", () -> digests().size() == 1);
        String digest = digests().first();
        assertTrue(acknowledged.size() >= KILLS * WRITES_BETWEEN, "too little traffic");
        // Dense: no acknowledged uid was lost and given out again, and no retry took a second one.
        assertEquals(acknowledged.size() - 1, acknowledged.last());
        assertTrue(digest.contains("tasks="), digest);
    }

    /** Asks the members in turn; an answer without a uid is asked again, like a client would. */
    private void write(NavigableSet<Long> acknowledged, int writes) {
        int done = 0;
        for (int i = 0; done < writes; i++) {
            List<Member> all = List.copyOf(members.values());
            String answer = all.get(i % all.size()).ask("enqueue");
            if (answer.startsWith("uid ")) {
                long uid = Long.parseLong(answer.substring(4));
                assertTrue(acknowledged.add(uid), "uid " + uid + " was given out twice");
                done++;
            } else {
                throw new AssertionError("no outcome within the deadline: " + answer);
            }
        }
    }

    private String leader() {
        List<String> leading = new ArrayList<>();
        Group.await(
                "one leader",
                () -> {
                    leading.clear();
                    members.forEach(
                            (id, member) -> {
                                if (member.ask("role").equals("LEADER")) {
                                    leading.add(id);
                                }
                            });
                    return leading.size() == 1;
                });
        return leading.getFirst();
    }

    private NavigableSet<String> digests() {
        NavigableSet<String> digests = new TreeSet<>();
        members.values().forEach(member -> digests.add(member.ask("digest")));
        return digests;
    }

    private static final class Member {
        private final Process process;
        private final BufferedReader out;
        private final BufferedWriter in;

        Member(String id, Path dir, List<RaftStoreConfig.Peer> peers) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
            command.add("--enable-native-access=ALL-UNNAMED");
            command.addAll(List.of("-cp", System.getProperty("java.class.path")));
            command.addAll(List.of(MemberProcess.class.getName(), id));
            command.add(dir.resolve(id).toString());
            for (RaftStoreConfig.Peer peer : peers) {
                command.addAll(List.of(peer.id(), String.valueOf(peer.port())));
            }
            this.process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            this.out = process.inputReader(StandardCharsets.UTF_8);
            this.in = process.outputWriter(StandardCharsets.UTF_8);
            answer("ready");
        }

        String ask(String word) {
            try {
                in.write(word + "\n");
                in.flush();
                return answer("");
            } catch (IOException e) {
                throw new AssertionError("a member is gone", e);
            }
        }

        void kill() {
            process.destroyForcibly();
            process.onExit().join();
        }

        /** The next line that is no log line. */
        private String answer(String expected) throws IOException {
            String line = out.readLine();
            while (line != null && !isAnswer(line, expected)) {
                line = out.readLine();
            }
            return Objects.requireNonNull(line, "a member ended").substring(2);
        }

        private static boolean isAnswer(String line, String expected) {
            return expected.isEmpty() ? line.startsWith("> ") : line.equals("> " + expected);
        }
    }
}
