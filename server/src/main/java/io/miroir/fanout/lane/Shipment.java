package io.miroir.fanout.lane;

import java.util.ArrayList;
import java.util.List;

/**
 * What nodes are sent in one request each: one write, or documents of several (protocol, rule 6).
 *
 * @param members in their order, at least one
 */
record Shipment(List<Member> members) {
    /** Puts together what may be, in the order of a turn. */
    static List<Shipment> of(List<Member> turn, int documentsMax) {
        List<Shipment> shipments = new ArrayList<>();
        List<Member> open = new ArrayList<>();
        long documents = 0;
        for (Member member : turn) {
            long more = member.item().steps() instanceof Documents some ? some.received() : 0;
            if (!open.isEmpty()
                    && !(joins(open.getLast(), member) && documents + more <= documentsMax)) {
                shipments.add(closed(open));
                open = new ArrayList<>();
                documents = 0;
            }
            open.add(member);
            documents += more;
        }
        if (!open.isEmpty()) {
            shipments.add(closed(open));
        }
        return shipments;
    }

    private static boolean joins(Member one, Member next) {
        return one.item().steps() instanceof Documents first
                && next.item().steps() instanceof Documents second
                && first.joins(second);
    }

    private static Shipment closed(List<Member> open) {
        return new Shipment(
                open.size() == 1
                        ? List.copyOf(open)
                        : open.stream().map(Shipment::counting).toList());
    }

    // A node counts what all of them had: what each one had is known only here.
    private static Member counting(Member member) {
        return member.item().steps() instanceof Documents documents
                        && documents.different().isPresent()
                ? member.counting(documents.different().getAsLong())
                : member;
    }

    /** Those of which a node is sent something. */
    List<Member> membersOn(String nodeId) {
        return members.stream()
                .filter(member -> member.item().scope().plan().recipients().contains(nodeId))
                .toList();
    }

    /** What a node is sent of these members, which are some of this shipment. */
    List<Item.Step> steps(String nodeId, List<Member> some) {
        if (some.size() == 1) {
            Member alone = some.getFirst();
            return alone.item().steps().of(nodeId, alone.place());
        }
        List<Documents.Placed> all = new ArrayList<>();
        for (Member member : some) {
            if (member.item().steps() instanceof Documents documents) {
                all.add(new Documents.Placed(documents, member.place()));
            }
        }
        Place first = members.getFirst().place();
        Mark mark =
                new Mark(
                        first.lane(),
                        first.epoch(),
                        first.position(),
                        members.getLast().place().position());
        return List.of(Documents.together(nodeId, all, mark));
    }
}
