package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * The Raft port of this pod, and the timing of elections.
 *
 * @param bind address to listen on
 * @param port where the other pods send the log
 * @param electionTimeoutMinMs shortest silence of a leader that starts an election
 * @param electionTimeoutMaxMs longest such silence
 * @param requestTimeoutMs longest wait for a command to commit
 * @param listenerAbsenceS a pod without a vote that has not answered the leader for so long is no
 *     member any more; 0 for never
 */
public record RaftConfig(
        @Default("127.0.0.1") String bind,
        @Default("9001") @Range(min = 1, max = 65535) int port,
        @Default("500") @Range(min = 50, max = 60000) long electionTimeoutMinMs,
        @Default("1000") @Range(min = 100, max = 120000) long electionTimeoutMaxMs,
        @Default("3000") @Range(min = 100, max = 600000) long requestTimeoutMs,
        @Default("604800") @Range(min = 0, max = 31536000) long listenerAbsenceS) {}
