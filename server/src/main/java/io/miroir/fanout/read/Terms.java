package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.fanout.AnswerBudget;
import java.util.Set;

/**
 * What a client wants its answer to be at least, and what nodes' answers to it may take.
 *
 * @param settingsVersion the least version of an index's settings to answer by; 0 for any
 * @param writes that the answer must show
 * @param share of the memory for nodes' answers, until the client's answer is made
 */
public record Terms(long settingsVersion, Writes writes, AnswerBudget.Share share) {

    /** Writes that a read must see. */
    public interface Writes {
        /** None. */
        Writes NONE =
                new Writes() {
                    @Override
                    public Set<String> behind(String uid) {
                        return Set.of();
                    }

                    @Override
                    public void again() {
                        throw new IllegalStateException("nothing was waited for");
                    }
                };

        /**
         * Waits until nodes that have applied them hold all of an index.
         *
         * @return the nodes that the index is not to be asked of
         * @throws ApiException {@code miroir_write_pending} if there are none in time
         */
        Set<String> behind(String uid);

        /**
         * Waits a moment, after nodes that had applied them did not answer.
         *
         * @throws ApiException {@code miroir_write_pending} if there is no time left
         */
        void again();
    }
}
