// What is refused before a YAML parser sees it, and the limits that hold while it parses.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "rules/load/yaml_node.hpp"

namespace segmentd::rules::load {

inline constexpr std::size_t max_files = 10'000;
inline constexpr std::size_t max_total_bytes = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t max_file_bytes = std::size_t{1024} * 1024;
inline constexpr std::size_t max_depth = 64;
inline constexpr std::size_t max_nodes = 100'000;  // of one file, with aliases expanded
inline constexpr std::size_t max_alias_uses = 100;

// The first reason not to parse these bytes, or nothing: too many of them, not UTF-8 text, or
// brackets nested beyond any use. One pass. The exact depth is judged while parsing; this pass
// keeps a million brackets away from a parser that would hold them all in memory first.
std::optional<Refusal> refuse_raw_text(std::string_view bytes);

}  // namespace segmentd::rules::load
