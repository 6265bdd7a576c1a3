// Every kind of definition, by the first key of a document.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/definitions/definitions.hpp"
#include "rules/load/key_table.hpp"

namespace segmentd::rules::load {

struct Kind {
    std::string word;
    std::string doc;
    Shape shape;
    // Reads a document and adds it to its list. What is wrong is refused; then nothing is added.
    std::function<void(const Node&, Reading&, Definitions&)> load;
};

// In the order of DESIGN section 5, built once.
const std::vector<Kind>& kinds();

// The kind of that name, or null.
const Kind* find_kind(std::string_view word);

// Kinds that the product has a name for and no grammar yet.
bool is_kind_without_grammar(std::string_view word);

}  // namespace segmentd::rules::load
