package io.miroir.cli.demo;

import io.miroir.api.documents.DocumentReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Something to index, and what is worth searching for in it. */
public interface Documents {
    /** The uid of the index they go to. */
    String index();

    /** What they are, in a few words, after their number. */
    String about();

    /** How many there are. */
    long count();

    /** Their primary key; empty to let it be inferred. */
    Optional<String> primaryKey();

    /** Settings that make the searches below work. */
    ObjectNode settings();

    /** Searches that show something; at least one. */
    List<ExampleSearch> examples();

    /** Hands on all documents in order. */
    void read(DocumentReader.Sink sink) throws IOException;
}
