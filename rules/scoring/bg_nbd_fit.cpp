// The fit of BG/NBD stands alone: it works on rows that are counted once each.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <tuple>
#include <vector>

#include "rules/scoring/bg_nbd.hpp"
#include "rules/scoring/maximise.hpp"

namespace segmentd::rules {
namespace {

constexpr std::int64_t fewest_repeaters = 10;
constexpr double farthest_logarithm = 14.0;  // from the start; beyond it a parameter has run away

struct CountedHistory {
    PurchaseHistory history;
    double customers = 0;
};

// What the likelihood needs of all rows together.
struct Evidence {
    std::vector<CountedHistory> rows;    // distinct, sorted
    std::vector<double> with_more_than;  // [i]: customers with more than i repeats
};

Result<Evidence> collect(std::span<const PurchaseHistory> customers);
std::vector<CountedHistory> count_equal_rows(std::span<const PurchaseHistory> customers);
std::vector<double> start_from(const Evidence& evidence);
Slope likelihood_slope(const Evidence& evidence, const std::vector<double>& logarithms);
std::array<double, 5> row_parts(const PurchaseHistory& history, const BgNbdParameters& parameters);
BgNbdParameters from_logarithms(const std::vector<double>& logarithms);

}  // namespace

Result<BgNbdFit> fit_bg_nbd(std::span<const PurchaseHistory> customers) {
    TRY(evidence, collect(customers));
    const auto start = start_from(evidence);
    const auto best =
        maximise([&](const std::vector<double>& point) { return likelihood_slope(evidence, point); }, start);
    bool has_run_away = false;
    for (std::size_t i = 0; i < start.size(); ++i) {
        has_run_away = has_run_away || std::fabs(best.point[i] - start[i]) > farthest_logarithm;
    }
    if (!best.converged || has_run_away) {
        return fail(ErrorCode::invalid, "the purchases do not determine a BG/NBD model",
                    "use a longer history or more customers; all customers may behave alike or none may have left");
    }
    BgNbdFit fit;
    fit.parameters = from_logarithms(best.point);
    fit.log_likelihood = best.value;
    fit.customers = static_cast<std::int64_t>(customers.size());
    fit.iterations = best.iterations;
    fit.converged = true;
    return fit;
}

namespace {

Result<Evidence> collect(std::span<const PurchaseHistory> customers) {
    std::int64_t repeaters = 0;
    std::int64_t most_repeats = 0;
    for (const auto& history : customers) {
        if (!is_valid(history)) {
            return fail(ErrorCode::invalid, "a purchase history must have 0 <= last repeat <= observed time",
                        "a customer without repeat purchases has the last repeat 0");
        }
        if (history.repeats > 1'000'000) return fail(ErrorCode::limit, "a history has more than 1,000,000 purchases");
        repeaters += history.repeats > 0 ? 1 : 0;
        most_repeats = std::max(most_repeats, history.repeats);
    }
    if (repeaters < fewest_repeaters) {
        return fail(ErrorCode::invalid, "a BG/NBD model needs at least 10 customers with a repeat purchase");
    }
    Evidence evidence;
    evidence.rows = count_equal_rows(customers);
    evidence.with_more_than.assign(static_cast<std::size_t>(most_repeats), 0.0);
    for (const auto& row : evidence.rows) {
        if (row.history.repeats > 0) {
            evidence.with_more_than[static_cast<std::size_t>(row.history.repeats - 1)] += row.customers;
        }
    }
    for (auto i = evidence.with_more_than.size(); i-- > 1;) {
        evidence.with_more_than[i - 1] += evidence.with_more_than[i];
    }
    return evidence;
}

std::vector<CountedHistory> count_equal_rows(std::span<const PurchaseHistory> customers) {
    const auto key = [](const PurchaseHistory& history) {
        return std::tuple(history.repeats, history.observed, history.last_repeat);
    };
    std::vector<PurchaseHistory> sorted(customers.begin(), customers.end());
    std::sort(sorted.begin(), sorted.end(),
              [&](const auto& left, const auto& right) { return key(left) < key(right); });
    std::vector<CountedHistory> rows;
    for (const auto& history : sorted) {
        const bool is_new = rows.empty() || key(rows.back().history) < key(history);
        if (is_new) rows.push_back({history, 0.0});
        rows.back().customers += 1.0;
    }
    return rows;
}

// Rate r/alpha as in the pooled data, everything else one.
std::vector<double> start_from(const Evidence& evidence) {
    double repeats = 0.0;
    double time = 0.0;
    for (const auto& row : evidence.rows) {
        repeats += row.customers * static_cast<double>(row.history.repeats);
        time += row.customers * row.history.observed;
    }
    return {0.0, std::log(std::max(time, std::numeric_limits<double>::min()) / repeats), 0.0, 0.0};
}

// Value and gradient with respect to the logarithms of r, alpha, a and b.
Slope likelihood_slope(const Evidence& evidence, const std::vector<double>& logarithms) {
    const auto parameters = from_logarithms(logarithms);
    const auto& [r, alpha, a, b] = parameters;
    std::array<double, 5> sums{};  // the value, then the derivatives
    for (const auto& row : evidence.rows) {
        const auto parts = row_parts(row.history, parameters);
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += row.customers * parts[i];
    }
    for (std::size_t i = 0; i < evidence.with_more_than.size(); ++i) {
        const double step = static_cast<double>(i);
        const double customers = evidence.with_more_than[i];
        sums[0] += customers * std::log((r + step) * ((b + step) / (a + b + step)));
        sums[1] += customers / (r + step);
        sums[3] -= customers / (a + b + step);
        sums[4] += customers * (a / ((b + step) * (a + b + step)));
    }
    return {sums[0], {sums[1] * r, sums[2] * alpha, sums[3] * a, sums[4] * b}};
}

// One customer's part without the products of (r+i)(b+i)/(a+b+i), which all customers share.
// The bracket of the likelihood is (alpha+T)^-(r+x) (1 + odds); odds are those of having left.
std::array<double, 5> row_parts(const PurchaseHistory& history, const BgNbdParameters& parameters) {
    const auto& [r, alpha, a, b] = parameters;
    const double repeats = static_cast<double>(history.repeats);
    const double end = alpha + history.observed;
    const double log_growth = std::log1p(history.observed / alpha);
    std::array<double, 5> parts{-r * log_growth - repeats * std::log(end), -log_growth, r / alpha - (r + repeats) / end,
                                0.0, 0.0};
    if (history.repeats == 0) return parts;
    const double last = alpha + history.last_repeat;
    const double log_silence = std::log1p((history.observed - history.last_repeat) / last);
    const double odds = std::log(a / (b + repeats - 1.0)) + (r + repeats) * log_silence;
    const double left = 1.0 / (1.0 + std::exp(-odds));  // probability of having left
    parts[0] += std::max(odds, 0.0) + std::log1p(std::exp(-std::fabs(odds)));
    parts[1] += left * log_silence;
    parts[2] += left * (r + repeats) * (1.0 / end - 1.0 / last);
    parts[3] += left / a;
    parts[4] -= left / (b + repeats - 1.0);
    return parts;
}

BgNbdParameters from_logarithms(const std::vector<double>& logarithms) {
    return {std::exp(logarithms[0]), std::exp(logarithms[1]), std::exp(logarithms[2]), std::exp(logarithms[3])};
}

}  // namespace
}  // namespace segmentd::rules
