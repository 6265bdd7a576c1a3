// One scalar fact of a signal or a profile, and the types that a data contract may declare for it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace segmentd {

enum class AttributeType { text, number, integer, boolean, money, time };

// Money travels as its exact count of minor units; its currency is the workspace's.
struct MinorUnits {
    std::int64_t count = 0;
    auto operator<=>(const MinorUnits&) const = default;
};

using Attribute = std::variant<std::string, double, std::int64_t, bool, MinorUnits, Timestamp>;

// Sorted by name, so that the same attributes always have the same canonical bytes.
using Attributes = std::map<std::string, Attribute, std::less<>>;

const char* to_word(AttributeType type);
Result<AttributeType> parse_attribute_type(std::string_view word);

AttributeType type_of(const Attribute& attribute);

// Reads a text (a CSV cell, a form field) as the declared type. Text stays as it is; numbers are
// decimal and finite; booleans are true, false, 1 or 0; money is a decimal number with at most the
// currency's digits after the point, rounded half to even beyond them.
Result<Attribute> parse_attribute(std::string_view text, AttributeType type, int currency_digits);

}  // namespace segmentd
