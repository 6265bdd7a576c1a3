// One signal as a feature remembers it: 16 bytes, whatever its value. Texts lie in the pool.
#pragma once

#include <cstdint>

#include "base/attribute.hpp"
#include "base/seldom.hpp"
#include "rules/features/text_pool.hpp"

namespace segmentd::rules {

class FeatureEntry {
  public:
    FeatureEntry(Timestamp at, const Attribute& value, bool is_part, Seldom<TextPool>& texts);

    Timestamp at() const { return from_microseconds(at_and_tag_ >> tag_bits); }
    AttributeType type() const { return static_cast<AttributeType>(at_and_tag_ & type_mask); }
    bool is_part() const { return (at_and_tag_ & part_flag) != 0; }
    std::uint64_t bits() const { return bits_; }
    Attribute value(const TextPool& texts) const;

  private:
    // Instants of all years up to 9999 leave four bits free.
    static constexpr int tag_bits = 4;
    static constexpr std::int64_t type_mask = 7;
    static constexpr std::int64_t part_flag = 8;

    std::int64_t at_and_tag_;
    std::uint64_t bits_;
};

static_assert(sizeof(FeatureEntry) == 16);

}  // namespace segmentd::rules
