package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A group of processes, and what they have acknowledged. */
final class MemberJvms implements AutoCloseable {
    private final Path dir;
    private final String[] jvmOptions;
    private final List<RaftStoreConfig.Peer> peers;
    private final SortedMap<String, MemberJvm> members = new TreeMap<>();
    private final NavigableSet<Long> acknowledged = new TreeSet<>();

    /** Three of them, ready. */
    MemberJvms(Path dir, String... jvmOptions) throws IOException {
        this.dir = dir;
        this.jvmOptions = jvmOptions;
        this.peers = Group.freePeers();
        for (RaftStoreConfig.Peer peer : peers) {
            begin(peer.id());
        }
        members.values().forEach(MemberJvm::awaitReady);
    }

    MemberJvm get(String id) {
        return Objects.requireNonNull(members.get(id), id);
    }

    /** Those that run, except one. */
    List<MemberJvm> without(String id) {
        return members.values().stream().filter(member -> !member.id().equals(id)).toList();
    }

    Path data(String id) {
        return dir.resolve(id);
    }

    /** Begins to start a member from its directory. */
    MemberJvm begin(String id) throws IOException {
        return begin(id, jvmOptions);
    }

    /** Begins to start one with other options than the group's. */
    MemberJvm begin(String id, String... otherOptions) throws IOException {
        MemberJvm member = MemberJvm.start(id, dir, peers, otherOptions);
        members.put(id, member);
        return member;
    }

    void kill(String id) {
        Objects.requireNonNull(members.remove(id), id).kill();
    }

    /** It has ended by itself. */
    void ended(String id) {
        members.remove(id);
    }

    /** The one leader among those that run. */
    String leader() {
        TreeSet<String> leading = new TreeSet<>();
        Group.await(
                "one leader",
                () -> {
                    leading.clear();
                    members.values().stream()
                            .filter(member -> member.ask("role").startsWith("LEADER"))
                            .forEach(member -> leading.add(member.id()));
                    return leading.size() == 1;
                });
        return leading.getFirst();
    }

    String follower() {
        String leader = leader();
        return members.keySet().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    }

    /**
     * Writes through a member that lives on: each write has a uid of its own, though leaders come
     * and go.
     */
    void write(MemberJvm through, int tasks, int bytes) {
        String answer = through.ask("enqueue " + tasks + " " + bytes);
        List<String> words = List.of(answer.split(" "));
        if (words.size() != tasks + 1) {
            throw new AssertionError(through.id() + " answers: " + answer + through.state());
        }
        for (String uid : words.subList(1, words.size())) {
            assertTrue(acknowledged.add(Long.parseLong(uid)), "uid " + uid + " was given twice");
        }
    }

    int acknowledged() {
        return acknowledged.size();
    }

    /** Dense uids: none that was acknowledged was lost and given again, no retry took a second. */
    void assertNothingLostOrDoubled() {
        assertEquals(acknowledged.size() - 1L, acknowledged.last());
        for (MemberJvm member : members.values()) {
            assertEquals("yes", member.ask("has " + acknowledged.last()));
        }
    }

    /** All that run have applied the same, and have the same tables. */
    void awaitEqual() {
        SortedMap<String, String> digests = new TreeMap<>();
        try {
            Group.await(
                    "equal digests",
                    () -> {
                        members.forEach((id, member) -> digests.put(id, member.ask("digest")));
                        assertFalse(digests.containsValue(MemberJvm.GONE), "one has ended");
                        return Set.copyOf(digests.values()).size() == 1;
                    });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + states(digests), e);
        }
    }

    /** Roles and what differs in one line, as a build's summary shows no more; then the logs. */
    private String states(SortedMap<String, String> digests) {
        Set<String> common = new HashSet<>();
        digests.values().forEach(each -> common.addAll(words(each)));
        digests.values().forEach(each -> common.retainAll(words(each)));
        StringBuilder roles = new StringBuilder();
        StringBuilder logs = new StringBuilder();
        members.forEach(
                (id, member) -> {
                    List<String> own = new ArrayList<>(words(digests.getOrDefault(id, "")));
                    own.removeAll(common);
                    roles.append("; ").append(id + " " + member.ask("role") + " has " + own);
                    logs.append("\n").append(id).append(member.state());
                });
        return roles.append(logs).toString();
    }

    private static List<String> words(String digest) {
        return List.of(digest.split("[ {},]+"));
    }

    @Override
    public void close() {
        members.values().forEach(MemberJvm::kill);
    }
}
