package io.miroir.bench.gate;

import java.nio.file.Path;

/** What operators do with a store and the three pods before it, each from the beginning. */
interface Procedures {

    /** From empty machines to the first acknowledged write. */
    Steps install(Path dir);

    /** A machine is gone for good, another takes its place. */
    Steps replaceMember(Path dir);

    /** A machine is no longer wanted, and nothing counts it any more. */
    Steps leave(Path dir);

    /** The members are at other addresses afterwards, with what they had. */
    Steps readdress(Path dir);

    /** A store that nothing else copies becomes one of three, with what it had. */
    Steps convert(Path dir);

    /** A verified copy in one file, elsewhere. */
    Steps backup(Path dir);

    /** From that file to the first acknowledged write of a new cluster. */
    Steps restore(Path dir);

    /** Two machines of three are gone for good: from the third one to a cluster of three. */
    Steps recover(Path dir);

    /** Every process is another one afterwards, while writes go on. */
    Steps upgrade(Path dir);

    /** The secret by which processes know each other is another one afterwards. */
    Steps rotate(Path dir);
}
