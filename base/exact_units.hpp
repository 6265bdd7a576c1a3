// Amounts as whole units, so that sums of them are exact in any order: money in minor units, every
// other number in units of 2^-20, rounded half to even.
#pragma once

#include "base/attribute.hpp"

namespace segmentd {

__extension__ typedef __int128 WideSum;

inline constexpr double exact_units_per_number = 1048576.0;  // 2^20

// Numbers beyond 1e30 units are cut to it; texts, times and NaN count 0.
WideSum to_exact_units(const Attribute& value);

}  // namespace segmentd
