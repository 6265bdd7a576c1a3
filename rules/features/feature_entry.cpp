#include "rules/features/feature_entry.hpp"

#include <bit>

namespace segmentd::rules {
namespace {

std::uint64_t bits_of(const Attribute& value, Seldom<TextPool>& texts) {
    switch (type_of(value)) {
        case AttributeType::text: return texts.make().use(std::get<std::string>(value));
        case AttributeType::number: return std::bit_cast<std::uint64_t>(std::get<double>(value) + 0.0);  // no -0
        case AttributeType::integer: return static_cast<std::uint64_t>(std::get<std::int64_t>(value));
        case AttributeType::boolean: return std::get<bool>(value) ? 1 : 0;
        case AttributeType::money: return static_cast<std::uint64_t>(std::get<MinorUnits>(value).count);
        case AttributeType::time: return static_cast<std::uint64_t>(to_microseconds(std::get<Timestamp>(value)));
    }
    return 0;
}

}  // namespace

FeatureEntry::FeatureEntry(Timestamp at, const Attribute& value, bool is_part, Seldom<TextPool>& texts)
    : at_and_tag_(to_microseconds(at) * (std::int64_t{1} << tag_bits) + static_cast<std::int64_t>(type_of(value)) +
                  (is_part ? part_flag : 0)),
      bits_(bits_of(value, texts)) {}

Attribute FeatureEntry::value(const TextPool& texts) const {
    const auto whole = static_cast<std::int64_t>(bits_);
    switch (type()) {
        case AttributeType::text: return texts.text(bits_);
        case AttributeType::number: return std::bit_cast<double>(bits_);
        case AttributeType::integer: return whole;
        case AttributeType::boolean: return whole != 0;
        case AttributeType::money: return MinorUnits{whole};
        case AttributeType::time: return from_microseconds(whole);
    }
    return whole;
}

}  // namespace segmentd::rules
