package io.miroir.cluster;

import io.miroir.core.hash.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;

/**
 * Which pod runs a lane: the one that rendezvous prefers among those alive, so that every pod finds
 * the same without asking. Belief, not proof: the epoch in the task store fences whoever is wrong.
 */
public final class LaneOwner {
    private LaneOwner() {}

    /**
     * The owner among the given pods.
     *
     * @param pods at least one
     */
    public static String of(String lane, Collection<String> pods) {
        return pods.stream()
                .max(
                        Comparator.comparing(
                                        (String pod) -> score(lane, pod), Long::compareUnsigned)
                                .thenComparing(Comparator.reverseOrder()))
                .orElseThrow();
    }

    // 0xFF is in no UTF-8 text: no pair of names hashes the bytes of another pair.
    private static long score(String lane, String pod) {
        byte[] laneUtf8 = lane.getBytes(StandardCharsets.UTF_8);
        byte[] podUtf8 = pod.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[laneUtf8.length + podUtf8.length + 2];
        System.arraycopy(laneUtf8, 0, bytes, 0, laneUtf8.length);
        bytes[laneUtf8.length] = (byte) 0xFF;
        System.arraycopy(podUtf8, 0, bytes, laneUtf8.length + 1, podUtf8.length);
        bytes[bytes.length - 1] = (byte) 0xFF;
        return XxHash64.hash(bytes);
    }
}
