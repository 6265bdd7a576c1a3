// ExactSum: count, sum and sum of squares of outcomes, exact in any order.
//
// Outcomes are whole numbers of units: money in minor units, every other value in units of 2^-20
// (to_units). Sums are 128-bit integers with checked overflow, so the order of outcomes never
// matters, an outcome can be taken out again, and streaming equals batch bit for bit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd {

// What one outcome of 1.0 counts in units, where the outcome has no units of its own.
inline constexpr double units_per_one = 1048576.0;

// The outcome in units of 2^-20, rounded half to even. Refuses values that are not finite and
// magnitudes of 2^43 and more, which do not fit.
Result<std::int64_t> to_units(double outcome);

class ExactSum {
  public:
    __extension__ typedef __int128 Wide;

    // Each returns false and changes nothing when a sum would overflow. remove also returns false
    // where the outcome cannot have been in the sum (none is left, or the squares become impossible).
    [[nodiscard]] bool add(std::int64_t units);
    [[nodiscard]] bool remove(std::int64_t units);
    [[nodiscard]] bool merge(const ExactSum& other);

    std::int64_t count() const { return count_; }

    // Mean and sample variance (divisor n-1) in outcome units; units_in_one is units_per_one or, for
    // money in cents, 100. The numerator n*Q - S^2 is exact (256 bits) before it becomes a double, so
    // both are right to a few units in the last place. Mean of nothing is 0; variance below two is 0.
    double mean(double units_in_one) const;
    double variance(double units_in_one) const;
    double sum(double units_in_one) const;

    // "count sum squares" as decimals with single spaces: the canonical bytes for a state hash.
    std::string to_text() const;

    // Reads what to_text wrote; anything else, and sums that no outcomes can have, is corrupt.
    static Result<ExactSum> from_text(std::string_view text);

    bool operator==(const ExactSum&) const = default;

  private:
    bool is_possible() const;

    std::int64_t count_ = 0;
    Wide sum_ = 0;
    Wide squares_ = 0;
};

}  // namespace segmentd
