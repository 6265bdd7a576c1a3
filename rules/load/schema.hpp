// What the key tables say to editors and readers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace segmentd::rules {

// The kinds of definition that can be loaded, in the order in which a reader meets them.
std::vector<std::string> definition_kinds();

// JSON Schema (draft 2020-12) of one kind, indented, with a line break at its end. It refuses what
// the loader refuses in one value; what several values say together only the loader judges.
Result<std::string> json_schema(std::string_view kind);

// Every key of every kind as Markdown, one table a kind.
std::string key_reference();

// The words of `compute` with their keys and borders as Markdown.
std::string feature_reference();

}  // namespace segmentd::rules
