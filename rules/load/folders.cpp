#include "rules/load/folders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace segmentd::rules {
namespace {

constexpr std::array<std::string_view, 10> folders = {"signals",   "features",  "models",  "segments", "families",
                                                      "playbooks", "endpoints", "metrics", "pilots",   "governance"};

// The part before the first slash; empty at the top.
std::string_view folder_of(std::string_view path) {
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

template <typename Definition>
void check(const std::vector<Definition>& list, std::string_view own_folder, std::vector<Error>& warnings) {
    for (const auto& definition : list) {
        const auto folder = folder_of(definition.place.file);
        if (folder == own_folder || std::ranges::count(folders, folder) == 0) continue;
        warnings.push_back({ErrorCode::invalid, fmt::format("this belongs into {}/", own_folder), definition.place,
                            "wrong_folder", "it counts all the same; move it so that others find it"});
    }
}

}  // namespace

std::vector<Error> find_misplaced(const Definitions& definitions) {
    std::vector<Error> warnings;
    check(definitions.signals, "signals", warnings);
    check(definitions.sources, "signals", warnings);
    check(definitions.features, "features", warnings);
    check(definitions.models, "models", warnings);
    check(definitions.segments, "segments", warnings);
    check(definitions.families, "families", warnings);
    check(definitions.playbooks, "playbooks", warnings);
    check(definitions.endpoints, "endpoints", warnings);
    check(definitions.metrics, "metrics", warnings);
    check(definitions.pilots, "pilots", warnings);
    check(definitions.governance, "governance", warnings);
    return warnings;
}

}  // namespace segmentd::rules
