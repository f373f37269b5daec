package io.miroir.fanout;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What became of a request to a node. Trouble with a node is a value, never an exception. */
public sealed interface NodeReply {
    /** The node did what it was asked (2xx). */
    record Answer(int status, JsonNode body) implements NodeReply {}

    /**
     * The node understood and refused (4xx with Meilisearch's error object): it did nothing.
     *
     * @param error the error object as the node wrote it
     */
    record Refusal(int status, String code, String message, JsonNode error) implements NodeReply {
        /** True if the node takes another key than ours: its trouble, never the client's. */
        public boolean refusesKey() {
            return status == 401 || status == 403;
        }
    }

    /** The node is in trouble, or what lies between is. */
    record Failure(Kind kind, String detail) implements NodeReply {
        /**
         * False only when the node surely did nothing: it never saw the request, or sent it away.
         * Whoever wrote something must treat everything else as "maybe done".
         */
        public boolean maybeDone() {
            return switch (kind) {
                case UNREACHABLE, BUSY, THROTTLED -> false;
                case NO_ROOM, BROKEN, TIMEOUT, SERVER_ERROR, GARBAGE -> true;
            };
        }
    }

    /** How a request failed. */
    enum Kind {
        /** No connection: nothing was sent. */
        UNREACHABLE,
        /** Too many requests to this node are under way here: nothing was sent. */
        BUSY,
        /** The node, or what stands before it, is asked too much: it did nothing (429). */
        THROTTLED,
        /** Answers that are held here leave no room for this one. */
        NO_ROOM,
        /** The connection died on the way. */
        BROKEN,
        /** No full answer in time. */
        TIMEOUT,
        /** An answer with a 5xx status. */
        SERVER_ERROR,
        /** An answer that is none of Meilisearch's. */
        GARBAGE;

        /** The word that metrics and reasons use. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
