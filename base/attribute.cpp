#include "base/attribute.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/money.hpp"

namespace segmentd {
namespace {

constexpr std::array<std::pair<const char*, AttributeType>, 6> type_words = {{{"text", AttributeType::text},
                                                                              {"number", AttributeType::number},
                                                                              {"integer", AttributeType::integer},
                                                                              {"boolean", AttributeType::boolean},
                                                                              {"money", AttributeType::money},
                                                                              {"time", AttributeType::time}}};

template <typename Number>
Result<Attribute> parse_number(std::string_view text, const char* what) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool usable = error == std::errc() && end == text.data() + text.size();
    if constexpr (std::is_floating_point_v<Number>) usable = usable && std::isfinite(value);
    if (!usable) return fail(ErrorCode::invalid, fmt::format("'{}' is not {}", text.substr(0, 40), what));
    return Attribute(value);
}

}  // namespace

const char* to_word(AttributeType type) {
    for (const auto& [word, known] : type_words) {
        if (known == type) return word;
    }
    return "text";
}

Result<AttributeType> parse_attribute_type(std::string_view word) {
    for (const auto& [known, type] : type_words) {
        if (word == known) return type;
    }
    return fail(ErrorCode::invalid, fmt::format("'{}' is not a type", word.substr(0, 40)),
                "use text, number, integer, boolean, money or time");
}

AttributeType type_of(const Attribute& attribute) {
    static constexpr std::array types = {AttributeType::text,    AttributeType::number, AttributeType::integer,
                                         AttributeType::boolean, AttributeType::money,  AttributeType::time};
    return types.at(attribute.index());
}

Result<Attribute> parse_attribute(std::string_view text, AttributeType type, int digits) {
    switch (type) {
        case AttributeType::text: return Attribute(std::string(text));
        case AttributeType::number: return parse_number<double>(text, "a number");
        case AttributeType::integer: return parse_number<std::int64_t>(text, "a whole number");
        case AttributeType::boolean:
            if (text == "true" || text == "1") return Attribute(true);
            if (text == "false" || text == "0") return Attribute(false);
            return fail(ErrorCode::invalid, fmt::format("'{}' is neither true nor false", text.substr(0, 40)));
        case AttributeType::money: {
            TRY(minor_units, parse_minor_units(text, digits));
            return Attribute(MinorUnits{minor_units});
        }
        case AttributeType::time: {
            TRY(instant, parse_timestamp(text));
            return Attribute(instant);
        }
    }
    return fail(ErrorCode::invalid, "unknown attribute type");
}

}  // namespace segmentd
