#include "base/exact_units.hpp"

#include <algorithm>
#include <cmath>

namespace segmentd {

WideSum to_exact_units(const Attribute& value) {
    if (const auto* money = std::get_if<MinorUnits>(&value)) return money->count;
    double number = 0;
    if (const auto* plain = std::get_if<double>(&value)) number = *plain;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) number = static_cast<double>(*integer);
    if (const auto* flag = std::get_if<bool>(&value)) number = *flag ? 1.0 : 0.0;
    if (std::isnan(number)) return 0;
    return static_cast<WideSum>(std::nearbyint(std::clamp(number * exact_units_per_number, -1e30, 1e30)));
}

}  // namespace segmentd
