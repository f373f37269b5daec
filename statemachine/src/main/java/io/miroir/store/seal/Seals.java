package io.miroir.store.seal;

/**
 * Seals what is secret before it becomes a command, and opens it where it is read. The state
 * machine between the two knows no key, so that all pods hold the same bytes.
 *
 * <p>What is sealed already stays as it is, and what can't be opened stays sealed: whoever uses a
 * value must look whether it is.
 */
public interface Seals {
    /** Without a key: nothing is sealed. */
    Seals NONE =
            new Seals() {
                @Override
                public String sealJson(String json) {
                    return json;
                }

                @Override
                public String openJson(String json) {
                    return json;
                }

                @Override
                public String sealHeader(String value) {
                    return value;
                }

                @Override
                public String openHeader(String value) {
                    return value;
                }
            };

    /**
     * Settings of an index, details of a task, or an object of a client, with their secrets sealed.
     */
    String sealJson(String json);

    /** The same with their secrets open. */
    String openJson(String json);

    /** The value of a webhook's header, sealed. */
    String sealHeader(String value);

    /** The same, open. */
    String openHeader(String value);
}
