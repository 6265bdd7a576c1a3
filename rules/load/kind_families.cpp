#include <algorithm>

#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

void finish_family(FamilyDefinition& family, const Node& node, Reading& reading);
Reader<Reference<SegmentId>> remainder();

}  // namespace

const Table<FamilyDefinition>& family_table() {
    using F = FamilyDefinition;
    static const Table<F> table{
        "Segments of which a customer is in one at most: the first that takes them, else the remainder.",
        {
            required("family", &F::id, name<FamilyId>(declares(NameKind::family)), "name of the family"),
            optional("title", &F::title, text(), "the family in a few words"),
            optional("rationale", &F::rationale, text(), "why customers are parted in this way"),
            required("steward", &F::steward, name<PersonId>(uses(NameKind::person)),
                     "the person who answers for it, and for the remainder"),
            required("segments", &F::segments, list_of(reference<SegmentId>(NameKind::segment)),
                     "its segments, the one with priority first; who enters one leaves a lower one at once, whatever "
                     "minimum_stay says, and who is kept in a higher one enters no lower one"),
            optional("remainder", &F::remainder, remainder(),
                     "name of the segment of all who are in none of them; it needs no definition of its own"),
            optional("of", &F::of, condition(),
                     "whom the family parts; stands before enter and stay of its segments; default all customers"),
        },
        finish_family};
    return table;
}

namespace {

void finish_family(FamilyDefinition& family, const Node& node, Reading& reading) {
    const auto& segments = family.segments;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto end = segments.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find_if(segments.begin(), end, [&](const auto& one) { return one.id == segments[i].id; }) == end)
            continue;
        reading.refuse({node.find("segments")->items[i].at, "duplicate_name",
                        "the segment " + segments[i].id.text + " stands twice in the order of priority",
                        "keep its first place"});
    }
    if (segments.size() + (family.remainder.empty() ? 0 : 1) < 2) {
        reading.refuse({node.at, "too_few", "a family parts customers into two segments or more",
                        "add a segment or a remainder, or take the family out"});
    }
}

Reader<Reference<SegmentId>> remainder() {
    const auto role = declares(NameKind::segment);
    return {shape_of_name(role), [role](const Node& node, Reading& reading) -> std::optional<Reference<SegmentId>> {
                auto text = read_name(node, role, reading);
                if (!text) return std::nullopt;
                return Reference<SegmentId>{SegmentId(std::move(*text)), reading.place(node.at)};
            }};
}

}  // namespace
}  // namespace segmentd::rules::load
