// From bytes to documents of plain nodes: YAML 1.2 without its traps.
//
// Refused are: tags, merge keys, a key twice in one mapping, keys that are not words, a quote that
// never closes, a second document without its `---`, and everything beyond the limits. Aliases
// are expanded within the limits. Empty documents are left out.
#pragma once

#include <string_view>
#include <vector>

#include "rules/load/yaml_node.hpp"

namespace segmentd::rules::load {

struct Documents {
    std::vector<Node> nodes;
    std::vector<Refusal> refusals;  // where there is any, the nodes are not to be used
};

Documents parse_documents(std::string_view bytes);

}  // namespace segmentd::rules::load
