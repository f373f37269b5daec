package io.miroir.pod;

import java.net.URI;

/** A Meilisearch node that a test can stop and start again on the same port and directory. */
interface TestNode extends AutoCloseable {
    /** The key that opens it. */
    String KEY = "node-key-of-tests-0123456789";

    URI address();

    /** Ends it at once; its data stays. */
    void kill();

    /** The key that opens it from its next start on. */
    void useKey(String key);

    /** Starts it again; back when it answers. */
    void start();

    @Override
    void close();
}
