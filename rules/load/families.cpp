#include "rules/load/families.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "rules/definitions/words.hpp"

namespace segmentd::rules::load {
namespace {

void join(const FamilyDefinition& family, SegmentDefinition& segment, std::vector<SegmentId> comes_before);
SegmentDefinition remainder_of(const FamilyDefinition& family);
std::string version_of(const SegmentDefinition& segment);

}  // namespace

void apply_families(Definitions& definitions, Reading& reading) {
    for (const auto& family : definitions.families) {
        std::vector<SegmentId> higher;
        for (const auto& name : family.segments) {
            auto& segment = *std::ranges::find(definitions.segments, name.id, &SegmentDefinition::id);
            if (!segment.family.empty()) {
                reading.refuse_at(name.place, {{},
                                               "two_families",
                                               fmt::format("family {}: the segment {} is of the family {} already",
                                                           family.id.text, name.id.text, segment.family.text),
                                               "take it out of one of the two; a segment may read another family's"});
                continue;
            }
            join(family, segment, higher);
            higher.push_back(name.id);
        }
        if (!family.remainder.empty()) definitions.segments.push_back(remainder_of(family));
    }
}

void set_segment_versions(Definitions& definitions) {
    for (auto& segment : definitions.segments) segment.version = version_of(segment);
}

namespace {

// Lines that the condition has already are not asked twice.
void put_before(const Condition& of, Condition& condition) {
    Condition all = of;
    for (auto& line : condition) {
        if (std::ranges::count(of, line.text, &ExpressionText::text) == 0) all.push_back(std::move(line));
    }
    condition = std::move(all);
}

void join(const FamilyDefinition& family, SegmentDefinition& segment, std::vector<SegmentId> comes_before) {
    segment.family = family.id;
    segment.comes_before = std::move(comes_before);
    put_before(family.of, segment.enter);
    if (!segment.stay.empty()) put_before(family.of, segment.stay);
}

SegmentDefinition remainder_of(const FamilyDefinition& family) {
    SegmentDefinition segment;
    segment.id = family.remainder.id;
    segment.place = family.remainder.place;
    if (!family.title.empty()) segment.title = family.title + ": none of them";
    segment.rationale = family.rationale;
    segment.steward = family.steward;
    segment.family = family.id;
    segment.is_remainder = true;
    segment.enter = family.of;
    for (const auto& other : family.segments) {
        segment.enter.push_back({"!segment." + other.id.text, family.remainder.place});
    }
    return segment;
}

// Length before text, so that no two definitions give the same bytes.
std::string version_of(const SegmentDefinition& segment) {
    std::string bytes;
    const auto add = [&](std::string_view text) { bytes += fmt::format("{}:{}", text.size(), text); };
    add(segment.id.text);
    for (const auto* condition : {&segment.enter, &segment.stay, &segment.leave_at_once}) {
        bytes += fmt::format("{} lines", condition->size());
        for (const auto& line : *condition) add(line.text);
    }
    bytes += fmt::format("{} {} ", segment.minimum_stay.count(), word_of(segment.missing));
    add(segment.family.text);
    for (const auto& higher : segment.comes_before) add(higher.text);
    if (segment.of == Subject::account) add("account");
    Sha256Stream stream;
    stream.add(std::string_view(bytes));
    return to_hex(stream.finish()).substr(0, 12);
}

}  // namespace
}  // namespace segmentd::rules::load
