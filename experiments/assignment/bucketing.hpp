// Bucketing: which arm a customer gets, by hash alone, so that every product and language agrees.
//
// The scheme of the GrowthBook SDKs (specification 0.8.0): a customer's hash n in [0, 1) falls into
// at most one half-open range [from, to), one range an arm. The same seed and customer give the
// same n for ever; different seeds give unrelated n.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmentd::experiments {

struct BucketRange {
    double from = 0;  // included
    double to = 0;    // excluded
    bool operator==(const BucketRange&) const = default;
};

// A share of a layer's customers: those with from <= n < to.
struct Namespace {
    std::string name;
    BucketRange range;
};

// FNV-1a with 32 bits (Fowler, Noll, Vo) over the bytes of the text.
std::uint32_t fnv1a_32(std::string_view text);

// n in [0, 1). Version 1: steps of 1/1000, only for old experiments (its seeds are correlated);
// version 2: steps of 1/10000. Nothing for other versions.
std::optional<double> hash_to_unit(std::string_view seed, std::string_view value, int version);

// count equal weights that add up to 1; none for a count of zero or less.
std::vector<double> equal_weights(int count);

// The range of every arm: arms start where the weights before them add up to, and coverage in [0, 1]
// (clamped) shortens each of them. Weights that are not count many or do not add up to 1 within
// 0.01 are replaced by equal ones.
std::vector<BucketRange> bucket_ranges(int count, double coverage, std::span<const double> weights);

// Index of the first range that holds n.
std::optional<std::size_t> choose_variation(double n, std::span<const BucketRange> ranges);

// Whether the customer belongs to the share (hash version 1 of "__" + name, as in the SDKs).
bool is_in_namespace(std::string_view customer, const Namespace& share);

// The arm of a customer: version 2, full coverage. Nothing where weights that add up to a little less
// than 1 leave the customer out, or without arms.
std::optional<std::size_t> assign_arm(std::string_view customer, std::string_view seed,
                                      std::span<const double> weights);

}  // namespace segmentd::experiments
