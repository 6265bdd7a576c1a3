#include "daemon/planning/plan_accounts.hpp"

#include <boost/json.hpp>
#include <set>

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

using Segments = std::vector<rules::SegmentDefinition>;

const CustomerSet& members_in(const Census& census, const SegmentId& segment) {
    static const CustomerSet nobody;
    const auto found = census.members.find(segment);
    return found == census.members.end() ? nobody : found->second;
}

const char* change_of(const rules::SegmentDefinition* before, const rules::SegmentDefinition* after) {
    if (after == nullptr) return "removed";
    return before == nullptr ? "added" : "changed";
}

}  // namespace

json::array account_segment_rows(const PlanStart& start, const Engine& engine) {
    const auto after = take_census(engine.accounts().population());
    const Segments& segments_after = engine.accounts().population().book().definitions.segments;
    const Segments segments_before = start.book ? start.book->accounts->definitions.segments : Segments{};
    std::set<SegmentId> names;
    for (const auto* segments : {&segments_before, &segments_after}) {
        for (const auto& segment : *segments) names.insert(segment.id);
    }
    json::array rows;
    for (const auto& name : names) {
        const auto* old_definition = rules::find(segments_before, name);
        const auto* definition = rules::find(segments_after, name);
        const auto& was = members_in(start.accounts, name);
        const auto& is = members_in(after, name);
        const auto stay = was.shared_with(is);
        const bool is_same = old_definition != nullptr && definition != nullptr &&
                             old_definition->version == definition->version && was.size() == stay && is.size() == stay;
        if (is_same) continue;
        rows.push_back({{"segment", name.text},
                        {"change", change_of(old_definition, definition)},
                        {"enter", is.size() - stay},
                        {"leave", was.size() - stay},
                        {"stay", stay},
                        {"size_before", was.size()},
                        {"size_after", is.size()}});
    }
    return rows;
}

}  // namespace segmentd::daemon
