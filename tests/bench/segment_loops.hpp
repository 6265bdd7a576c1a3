// The customers of bench_segments in plain arrays, 27 bytes each, and its twenty segments twice: as text and as loops.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "rules/expression/declarations.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::bench {

inline constexpr std::size_t attributes = 12;

struct Customers {
    std::vector<std::int8_t> country;  // of 20
    std::vector<std::int8_t> plan;     // of 4
    std::vector<std::int8_t> channel;  // of 6
    std::vector<std::int8_t> is_business;
    std::vector<std::int8_t> orders_90d;
    std::vector<std::int16_t> seats;
    std::vector<std::int16_t> orders_total;
    std::vector<std::int16_t> days_since_order;
    std::vector<std::int32_t> spend_90d;    // cents
    std::vector<std::int32_t> spend_total;  // cents
    std::vector<float> churn;
    std::vector<float> engagement;

    std::size_t size() const { return country.size(); }
};

struct SegmentLoop {
    std::vector<std::string> conditions;
    // The bits of the 4,096 customers from `first` on, or of fewer at the end.
    void (*loop)(const Customers& customers, std::size_t first, std::uint64_t* bits);
};

Customers make_customers(std::size_t count);
rules::expression::Declarations attribute_scope();
rules::expression::Value value_of(const Customers& customers, std::size_t row, std::size_t attribute);
std::vector<SegmentLoop> twenty_segments();
std::string random_comparison(Random& random);

// Puts the bits of a block where they belong, those beyond the last row cleared, and counts them.
std::uint64_t store_block(const std::uint64_t* bits, std::size_t block, std::size_t rows,
                          std::vector<std::uint64_t>& members);

}  // namespace segmentd::bench
