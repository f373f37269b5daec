package io.miroir.edge.shared;

import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.edge.http.Request;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** Where requests are let in, and what they bring is read. */
public interface FrontDesk {
    /** Lets a request pass that names no index, or throws; tells what it may touch. */
    Access pass(Request request, Action action);

    /** The JSON body of what is neither a search nor documents. */
    JsonNode jsonBody(Request request) throws IOException;
}
