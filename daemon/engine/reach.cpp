#include "daemon/engine/reach.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <set>

#include "rules/load/change_set.hpp"

namespace segmentd::daemon {

namespace {

bool is_yaml(const std::string& path) {
    return path.ends_with(".yaml") || path.ends_with(".yml");
}

// Tables of time zones and the like.
bool same_but_yaml(const std::map<std::string, std::string>& from, const std::map<std::string, std::string>& to) {
    const auto others = [](const auto& files) {
        std::map<std::string, std::string> kept;
        std::ranges::copy_if(files, std::inserter(kept, kept.end()),
                             [](const auto& file) { return !is_yaml(file.first); });
        return kept;
    };
    return others(from) == others(to);
}

// What a definition of this kind says has no part in features, purchase days and outcomes.
bool leaves_the_past(const rules::DefinitionChange& change) {
    static constexpr std::array kinds = {"segment", "family", "playbook", "endpoint", "governance", "source"};
    if (std::ranges::find(kinds, change.kind) != kinds.end()) return true;
    static constexpr std::array words = {"title", "owner", "description", "company", "people", "objectives"};
    return change.change == "changed" && std::ranges::all_of(change.fields, [](const auto& field) {
               return std::ranges::find(words, field.field) != words.end();
           });
}

std::vector<std::uint32_t> places_of(const std::set<std::string>& changed, const rules::Rulebook& book) {
    const auto& layout = book.layout;
    std::vector<bool> is_reached(book.segments.size());
    std::vector<std::uint32_t> places;
    for (std::uint32_t place = 0; place < book.segment_order.size(); ++place) {
        const auto index = book.segment_order[place];
        is_reached[index] =
            changed.contains(book.definitions.segments[index].id.text) ||
            std::ranges::any_of(book.segments[index].inputs, [&](std::size_t slot) {
                return slot >= layout.segments && slot < layout.consents && is_reached[slot - layout.segments];
            });
        if (is_reached[index]) places.push_back(place);
    }
    return places;
}

}  // namespace

Touched touched_by(const rules::Rulebook& book, const std::vector<std::uint32_t>& places) {
    const auto stands_on = [&](const std::vector<std::uint32_t>& readers) {
        return std::ranges::any_of(readers,
                                   [&](std::uint32_t place) { return std::ranges::binary_search(places, place); });
    };
    Touched touched;
    for (std::size_t i = 0; i < book.features.size(); ++i) {
        if (stands_on(book.segments_by_feature[i])) touched.features.push_back(i);
    }
    for (std::size_t i = 0; i < book.histories.size(); ++i) {
        if (stands_on(book.segments_by_history[i])) touched.histories.push_back(i);
    }
    return touched;
}

Reach reach_of_change(const std::map<std::string, std::string>& from, const std::map<std::string, std::string>& to,
                      const rules::Rulebook& book) {
    const auto changes = rules::changes_between(from, to);
    Reach reach;
    reach.needs_past = !same_but_yaml(from, to) || !std::ranges::all_of(changes, leaves_the_past);
    const auto is_family = [](const auto& change) { return change.kind == "family"; };
    if (reach.needs_past || std::ranges::any_of(changes, is_family)) {
        reach.places.resize(book.segments.size());
        std::iota(reach.places.begin(), reach.places.end(), 0U);
        return reach;
    }
    std::set<std::string> segments;
    for (const auto& change : changes) {
        if (change.kind == "segment") segments.insert(change.name);
    }
    reach.places = places_of(segments, book);
    return reach;
}

}  // namespace segmentd::daemon
