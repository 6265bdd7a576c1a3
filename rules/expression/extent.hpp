// How large a value may become: what the bound of cost knows of a value before there is one.
#pragma once

#include <cstdint>
#include <span>

#include "rules/expression/functions.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/type.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// Counting ends here: more is as good as endless.
inline constexpr std::uint64_t most_counted = 1'000'000'000'000'000;
std::uint64_t capped_sum(std::uint64_t left, std::uint64_t right);
std::uint64_t capped_product(std::uint64_t left, std::uint64_t right);

// Upper bounds. Weights as of Value::weight. What is inside an element is no larger than the element.
struct Extent {
    std::uint64_t weight = 1;
    std::uint64_t elements = 0;          // of a list, entries of a map, 1 of an optional
    std::uint64_t element_weight = 1;    // of the heaviest element, key or value
    std::uint64_t element_elements = 0;  // of the longest element at any depth
};

// Of a value that is read from a row, by its type and the sizes that the limits take for granted.
Extent extent_of(const Type& type, const Limits& limits);
// Of a literal.
Extent extent_of(const Value& literal);

// Of an element, key or value of a list, a map or an optional.
Extent element_of(const Extent& extent);
Extent optional_of(const Extent& held);
Extent larger_of(const Extent& left, const Extent& right);
// Of left + right.
Extent sum_of(const Extent& left, const Extent& right);
// Of a list or map with these parts, `count` elements or entries.
Extent collection_of(std::span<const Extent> parts, std::uint64_t count);
// Of a list or map in which one element stands `count` times; an entry is as heavy as two elements.
Extent repeated(const Extent& element, std::uint64_t count);

// Of what a function gives.
Extent result_extent(Function function, std::span<const Extent> arguments);

}  // namespace segmentd::rules::expression
