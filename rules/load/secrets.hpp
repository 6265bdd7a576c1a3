// A workspace is shared and reviewed, so nothing in it may be a secret.
#pragma once

#include <vector>

#include "rules/load/yaml_node.hpp"

namespace segmentd::rules::load {

// Every text that is a secret by its form (signing keys, tokens, private keys, passwords in
// addresses) or by the key it stands behind (password, secret, token, api_key and names that end
// so). The secret itself is not repeated.
std::vector<Refusal> find_literal_secrets(const Node& document);

}  // namespace segmentd::rules::load
