#include "experiments/assignment/bucketing.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace segmentd::experiments {
namespace {

std::uint32_t continue_fnv1a_32(std::uint32_t hash, std::string_view text);
bool are_usable(std::span<const double> weights, int count);

constexpr std::uint32_t fnv_start = 2166136261u;

}  // namespace

std::uint32_t fnv1a_32(std::string_view text) {
    return continue_fnv1a_32(fnv_start, text);
}

// Version 2 hashes the decimal text of the first hash once more.
std::optional<double> hash_to_unit(std::string_view seed, std::string_view value, int version) {
    if (version == 1) return continue_fnv1a_32(fnv1a_32(value), seed) % 1000 / 1000.0;
    if (version != 2) return std::nullopt;
    const std::uint32_t first = continue_fnv1a_32(fnv1a_32(seed), value);
    std::array<char, 10> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), first).ptr;
    return fnv1a_32({digits.data(), static_cast<std::size_t>(end - digits.data())}) % 10000 / 10000.0;
}

std::vector<double> equal_weights(int count) {
    if (count < 1) return {};
    return std::vector<double>(static_cast<std::size_t>(count), 1.0 / count);
}

std::vector<BucketRange> bucket_ranges(int count, double coverage, std::span<const double> weights) {
    const double share = coverage > 0.0 ? std::min(coverage, 1.0) : 0.0;
    const auto equal = equal_weights(count);
    const std::span<const double> used = are_usable(weights, count) ? weights : equal;
    std::vector<BucketRange> ranges;
    double start = 0.0;
    for (const double weight : used) {
        ranges.push_back({start, start + share * weight});
        start += weight;
    }
    return ranges;
}

std::optional<std::size_t> choose_variation(double n, std::span<const BucketRange> ranges) {
    const auto holder = std::find_if(ranges.begin(), ranges.end(),
                                     [n](const BucketRange& range) { return n >= range.from && n < range.to; });
    if (holder == ranges.end()) return std::nullopt;
    return static_cast<std::size_t>(holder - ranges.begin());
}

bool is_in_namespace(std::string_view customer, const Namespace& share) {
    const double n = continue_fnv1a_32(continue_fnv1a_32(fnv1a_32(customer), "__"), share.name) % 1000 / 1000.0;
    return n >= share.range.from && n < share.range.to;
}

std::optional<std::size_t> assign_arm(std::string_view customer, std::string_view seed,
                                      std::span<const double> weights) {
    const auto n = hash_to_unit(seed, customer, 2);
    return choose_variation(*n, bucket_ranges(static_cast<int>(weights.size()), 1.0, weights));
}

namespace {

std::uint32_t continue_fnv1a_32(std::uint32_t hash, std::string_view text) {
    for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619u;
    return hash;
}

bool are_usable(std::span<const double> weights, int count) {
    if (count < 1 || weights.size() != static_cast<std::size_t>(count)) return false;
    double sum = 0.0;
    for (const double weight : weights) sum += weight;
    return sum >= 0.99 && sum <= 1.01;
}

}  // namespace
}  // namespace segmentd::experiments
