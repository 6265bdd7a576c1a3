// Which codes of a column lie in a range, 64 at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace segmentd::rules {

// Bit i of bits[i / 64] says whether low <= codes[i] <= high; no NaN lies in a range. `bits` has a word for each
// begun 64 codes; bits beyond the last code are 0. Uses what the processor has (AVX-512, AVX2), with one answer.
// `Code` is std::int8_t, std::int16_t, std::int32_t, std::int64_t, float or double.
template <typename Code>
void test_range(std::span<const Code> codes, Code low, Code high, std::uint64_t* bits);

// The same without any of that: what the others are compared with.
template <typename Code>
void test_range_plainly(std::span<const Code> codes, Code low, Code high, std::uint64_t* bits);

}  // namespace segmentd::rules
