package io.miroir.fanout.copy;

import io.miroir.core.topology.ShardSet;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What requests to nodes carry that are no client's: those of copies, and deletions of what a node
 * does not hold. A request that its sender gave up may come to the node at any time; by this it is
 * known, and what it may change.
 */
public final class CopyMarks {
    private static final String OURS = "miroir-";
    private static final String COPY = OURS + "copy:";
    private static final String DELETION = OURS + "move/";

    /** Not to be taken for what an earlier build's carry: a source and a claim, or nothing. */
    private static final Pattern FORM =
            Pattern.compile("miroir-(?:copy:\\d{1,19}|move)/((?:[0-9a-f]{2})+)");

    /** It goes with the address of a request: 16,384 shards. */
    private static final int BYTES_MAX = 2_048;

    private CopyMarks() {}

    /**
     * Of a copy.
     *
     * @param claim of its job: no other attempt has the same
     * @param shards that are copied
     */
    public static String copy(long claim, ShardSet shards) {
        return ofClaim(claim) + hex(shards);
    }

    /** How all begins that an attempt's requests carry. */
    static String ofClaim(long claim) {
        return COPY + claim + '/';
    }

    /** Of a deletion of all documents of some shards. */
    public static String deletion(ShardSet shards) {
        return DELETION + hex(shards);
    }

    /** Whether it is no client's. */
    public static boolean isOurs(String carried) {
        return carried.startsWith(OURS);
    }

    /**
     * Which shards a request may change that is {@linkplain #isOurs ours}.
     *
     * @param all of the index, in case that it does not say
     */
    public static ShardSet shards(String carried, int all) {
        Matcher said = FORM.matcher(carried);
        return said.matches()
                ? ShardSet.copyOf(BitSet.valueOf(HexFormat.of().parseHex(said.group(1))))
                : ShardSet.all(all);
    }

    /** Empty if there are so many that a node may not take it: then it may be all. */
    private static String hex(ShardSet shards) {
        BitSet bits = new BitSet();
        shards.stream().forEach(bits::set);
        byte[] bytes = bits.toByteArray();
        return bytes.length > BYTES_MAX ? "" : HexFormat.of().formatHex(bytes);
    }
}
