#include "base/exact_sum.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace segmentd {
namespace {

using Wide = ExactSum::Wide;
__extension__ typedef unsigned __int128 Unsigned;

// A natural number below 2^256.
struct Huge {
    Unsigned high = 0;
    Unsigned low = 0;
};

Unsigned magnitude(Wide value);
Huge multiply(Unsigned left, Unsigned right);
bool is_less(const Huge& left, const Huge& right);
Huge subtract(const Huge& left, const Huge& right);
double to_double(const Huge& value);
std::string to_decimal(Wide value);
std::optional<Wide> parse_decimal(std::string_view text);

}  // namespace

Result<std::int64_t> to_units(double outcome) {
    if (!std::isfinite(outcome)) return fail(ErrorCode::invalid, "an outcome must be a finite number");
    const double scaled = outcome * units_per_one;
    if (!(std::fabs(scaled) < 0x1p63)) return fail(ErrorCode::limit, "an outcome must lie below 2^43 in magnitude");
    const double below = std::floor(scaled);
    const double rest = scaled - below;
    auto units = static_cast<std::int64_t>(below);
    const bool is_odd = units % 2 != 0;
    if (rest > 0.5 || (rest >= 0.5 && is_odd)) ++units;
    return units;
}

bool ExactSum::add(std::int64_t units) {
    ExactSum one;
    one.count_ = 1;
    one.sum_ = units;
    one.squares_ = static_cast<Wide>(units) * units;
    return merge(one);
}

bool ExactSum::remove(std::int64_t units) {
    ExactSum next = *this;
    if (count_ < 1) return false;
    next.count_ -= 1;
    if (__builtin_sub_overflow(sum_, static_cast<Wide>(units), &next.sum_)) return false;
    if (__builtin_sub_overflow(squares_, static_cast<Wide>(units) * units, &next.squares_)) return false;
    if (!next.is_possible()) return false;
    *this = next;
    return true;
}

bool ExactSum::merge(const ExactSum& other) {
    ExactSum next;
    if (__builtin_add_overflow(count_, other.count_, &next.count_)) return false;
    if (__builtin_add_overflow(sum_, other.sum_, &next.sum_)) return false;
    if (__builtin_add_overflow(squares_, other.squares_, &next.squares_)) return false;
    *this = next;
    return true;
}

double ExactSum::mean(double units_in_one) const {
    return count_ == 0 ? 0.0 : sum(units_in_one) / static_cast<double>(count_);
}

double ExactSum::sum(double units_in_one) const {
    return static_cast<double>(sum_) / units_in_one;
}

double ExactSum::variance(double units_in_one) const {
    if (count_ < 2) return 0.0;
    const Huge first = multiply(static_cast<Unsigned>(count_), static_cast<Unsigned>(squares_));
    const Huge second = multiply(magnitude(sum_), magnitude(sum_));
    const double pairs = static_cast<double>(static_cast<Wide>(count_) * (count_ - 1));
    return to_double(subtract(first, second)) / pairs / units_in_one / units_in_one;
}

// Cauchy-Schwarz: outcomes with these sums exist only where n*Q >= S^2.
bool ExactSum::is_possible() const {
    if (count_ < 0 || squares_ < 0) return false;
    if (count_ == 0) return sum_ == 0 && squares_ == 0;
    const Huge first = multiply(static_cast<Unsigned>(count_), static_cast<Unsigned>(squares_));
    const Huge second = multiply(magnitude(sum_), magnitude(sum_));
    return !is_less(first, second);
}

std::string ExactSum::to_text() const {
    return to_decimal(count_) + " " + to_decimal(sum_) + " " + to_decimal(squares_);
}

Result<ExactSum> ExactSum::from_text(std::string_view text) {
    const auto corrupt = [] {
        return fail(ErrorCode::corrupt, "a stored exact sum is not one that outcomes can have");
    };
    const auto first = text.find(' ');
    const auto second = first == std::string_view::npos ? first : text.find(' ', first + 1);
    if (second == std::string_view::npos) return corrupt();
    const auto count = parse_decimal(text.substr(0, first));
    const auto sum = parse_decimal(text.substr(first + 1, second - first - 1));
    const auto squares = parse_decimal(text.substr(second + 1));
    if (!count || !sum || !squares || *count > INT64_MAX || *count < 0) return corrupt();
    ExactSum read;
    read.count_ = static_cast<std::int64_t>(*count);
    read.sum_ = *sum;
    read.squares_ = *squares;
    if (!read.is_possible()) return corrupt();
    return read;
}

namespace {

Unsigned magnitude(Wide value) {
    return value < 0 ? Unsigned{0} - static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
}

// Schoolbook multiplication in halves of 64 bits.
Huge multiply(Unsigned left, Unsigned right) {
    constexpr Unsigned mask = UINT64_MAX;
    const Unsigned low = (left & mask) * (right & mask);
    const Unsigned cross = (left >> 64) * (right & mask) + (low >> 64);
    const Unsigned other = (left & mask) * (right >> 64) + (cross & mask);
    return {(left >> 64) * (right >> 64) + (cross >> 64) + (other >> 64), (other << 64) | (low & mask)};
}

bool is_less(const Huge& left, const Huge& right) {
    return left.high != right.high ? left.high < right.high : left.low < right.low;
}

Huge subtract(const Huge& left, const Huge& right) {
    const Unsigned borrow = left.low < right.low ? 1 : 0;
    return {left.high - right.high - borrow, left.low - right.low};
}

double to_double(const Huge& value) {
    return static_cast<double>(value.high) * 0x1p128 + static_cast<double>(value.low);
}

std::string to_decimal(Wide value) {
    Unsigned rest = magnitude(value);
    std::string digits;
    do {
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (value < 0) digits += '-';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

// Accepts only the form that to_decimal writes, so that equal sums have equal bytes.
std::optional<Wide> parse_decimal(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    Wide value = 0;
    for (const char digit : text.substr(is_negative ? 1 : 0)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        const Wide step = is_negative ? '0' - digit : digit - '0';
        if (__builtin_mul_overflow(value, Wide{10}, &value)) return std::nullopt;
        if (__builtin_add_overflow(value, step, &value)) return std::nullopt;
    }
    if (to_decimal(value) != text) return std::nullopt;
    return value;
}

}  // namespace
}  // namespace segmentd
