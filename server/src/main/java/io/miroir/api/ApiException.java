package io.miroir.api;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that cannot be served, in the words the client will read. The one error boundary of
 * {@code edge.http} turns it into the JSON error object.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String text;
    private final int status;

    /** An error with this code; {@code message} is shown to the client as it is. */
    public ApiException(ErrorCode code, String message) {
        this(code, message, code.status());
    }

    /** An error whose HTTP status is not that of its code: some routes have their own. */
    public ApiException(ErrorCode code, String message, int status) {
        // Refusals are common and expected: no stack trace is paid for them.
        super(message, null, false, false);
        this.code = code;
        this.text = message;
        this.status = status;
    }

    /** The code, which fixes type and link. */
    public ErrorCode code() {
        return code;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The text shown to the client. */
    public String text() {
        return text;
    }

    /** The error object: {@code message, code, type, link}. */
    public ObjectNode toJson() {
        return error(code, text);
    }

    /** The error object for a code and message, also used inside tasks. */
    public static ObjectNode error(ErrorCode code, String message) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("message", message);
        node.put("code", code.wireName());
        node.put("type", code.type().wireName());
        node.put("link", code.link());
        return node;
    }
}
