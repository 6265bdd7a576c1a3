// The query of a URL, "from=2027-01-01&limit=5", as names and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace segmentd::daemon {

inline constexpr std::size_t max_query_parameters = 100;

// In the order of the query; a name may stand several times.
struct Query {
    std::vector<std::pair<std::string, std::string>> parameters;

    // The first value of the name, or null.
    const std::string* find(std::string_view name) const;
};

// A name without "=" has an empty value; empty parts are left out; "+" is a space. Refuses broken
// percent signs and more than the parameters above.
Result<Query> parse_query(std::string_view raw);

// Replaces %41 by A in one round. Nothing where two hexadecimal digits are missing after a %.
std::optional<std::string> decode_percent(std::string_view text);

// The reverse: every byte but ASCII letters, digits and - . _ ~ becomes a % and two hexadecimal digits.
std::string encode_percent(std::string_view text);

}  // namespace segmentd::daemon
