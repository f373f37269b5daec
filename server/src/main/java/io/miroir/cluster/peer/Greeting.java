package io.miroir.cluster.peer;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a pod says of itself when it starts.
 *
 * @param podId its id
 * @param clusterId null while it belongs to none
 * @param run names this run of its process, so that a second pod with the same id is told apart
 * @param format the highest format of commands that its program knows
 * @param term that its disk was at when it started; 0 if it was at none
 */
public record Greeting(String podId, @Nullable UUID clusterId, long run, int format, long term) {}
