package io.miroir.embedded.engine;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Documents of a page, and how many there are in all. */
public record DocumentPage(List<ObjectNode> documents, long total) {
    public DocumentPage {
        documents = List.copyOf(documents);
    }
}
