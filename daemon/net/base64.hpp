// Base64 (RFC 4648, section 4) with its padding, in the one form that every value has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace segmentd::daemon {

std::string to_base64(std::string_view bytes);

// Nothing for any other text: foreign letters, white space, missing padding, spare bits that are not 0.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace segmentd::daemon
