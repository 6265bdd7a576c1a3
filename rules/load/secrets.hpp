// A workspace is shared and reviewed, so nothing in it may be a secret.
#pragma once

#include <string_view>
#include <vector>

#include "rules/load/yaml_node.hpp"

namespace segmentd::rules::load {

// Every text that is a secret by its form (signing keys, tokens, private keys, passwords in
// addresses) or by the key it stands behind (password, secret, token, api_key and names that end
// so; below `authentication` these keys hold the names of secrets). The secret itself is not repeated.
std::vector<Refusal> find_literal_secrets(const Node& document);

// Every line of a file that holds a secret by its form, comments included, which no parser shows. A line
// that `known` refuses already is left out.
std::vector<Refusal> find_literal_secrets(std::string_view bytes, const std::vector<Refusal>& known);

}  // namespace segmentd::rules::load
