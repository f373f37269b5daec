package io.miroir.cluster.peer;

import io.miroir.proto.peer.KeysReply;
import io.miroir.proto.peer.LoadedKey;
import io.miroir.tls.LoadedKeys;
import java.util.List;

/** What pods tell of their keys, between our type and that on the wire. */
final class KeyWords {
    private KeyWords() {}

    static KeysReply reply(List<LoadedKeys> keys) {
        return KeysReply.newBuilder()
                .addAllKey(
                        keys.stream()
                                .map(
                                        one ->
                                                LoadedKey.newBuilder()
                                                        .setName(one.key())
                                                        .setShared(one.shared())
                                                        .addAllFingerprint(one.fingerprints())
                                                        .setTrouble(one.trouble())
                                                        .build())
                                .toList())
                .build();
    }

    static List<LoadedKeys> keys(KeysReply reply) {
        return reply.getKeyList().stream()
                .map(
                        word ->
                                new LoadedKeys(
                                        word.getName(),
                                        word.getShared(),
                                        List.copyOf(word.getFingerprintList()),
                                        word.getTrouble()))
                .toList();
    }
}
