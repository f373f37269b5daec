package io.miroir.embedded.engine;

import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents of an addition, which may be more than memory holds. They can be read any number of
 * times, and are the same each time.
 */
@FunctionalInterface
public interface DocumentSource {

    /** Hands on all documents in their order. */
    void read(Sink sink) throws IOException;

    /**
     * A document and the id found in it.
     *
     * @param json the sink's from now on
     * @param bytes the length of its JSON text
     */
    record Document(String id, ObjectNode json, int bytes) {}

    /** Takes documents. */
    @FunctionalInterface
    interface Sink {
        /** Takes the next one. */
        void accept(Document document) throws IOException;
    }
}
