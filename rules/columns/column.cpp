#include "rules/columns/column.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace segmentd::rules {

using expression::Kind;
using expression::Value;

namespace {

constexpr double hundred = 100.0;
constexpr std::size_t rows_a_word = 64;
constexpr std::size_t bytes_a_text = 128;  // about: the value, what is shared behind it, its uses and its place

bool same_bits(double left, double right) {
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

// The integer that stands for the number times `scale`, where it brings the number back exactly.
std::optional<std::int64_t> scaled(double value, double scale) {
    const double product = std::nearbyint(value * scale);
    if (!(std::abs(product) < 0x1p53)) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(product);
    if (!same_bits(static_cast<double>(whole) / scale, value)) return std::nullopt;
    return whole;
}

bool is_exact_float(double value) {
    if (std::isinf(value)) return true;
    if (!(std::abs(value) <= std::numeric_limits<float>::max())) return false;  // also NaN
    return same_bits(static_cast<double>(static_cast<float>(value)), value);
}

// The codes in the element type `To`.
template <typename To>
Column::Codes recoded(const Column::Codes& codes) {
    return std::visit(
        [](const auto& from) -> Column::Codes {
            std::vector<To> to(from.size());
            for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<To>(from[i]);
            return to;
        },
        codes);
}

Column::Codes widened(const Column::Codes& codes, std::int64_t code) {
    if (code >= std::numeric_limits<std::int16_t>::min() && code <= std::numeric_limits<std::int16_t>::max()) {
        return recoded<std::int16_t>(codes);
    }
    if (code >= std::numeric_limits<std::int32_t>::min() && code <= std::numeric_limits<std::int32_t>::max()) {
        return recoded<std::int32_t>(codes);
    }
    return recoded<std::int64_t>(codes);
}

bool fits(const Column::Codes& codes, std::int64_t code) {
    return std::visit(
        [code](const auto& list) {
            using Code = typename std::decay_t<decltype(list)>::value_type;
            if constexpr (std::is_integral_v<Code>) {
                return code >= std::numeric_limits<Code>::min() && code <= std::numeric_limits<Code>::max();
            } else {
                return false;
            }
        },
        codes);
}

}  // namespace

void Column::resize(std::size_t rows) {
    for (std::size_t row = rows; row < rows_; ++row) set(row, {});
    rows_ = rows;
    present_.resize((rows + rows_a_word - 1) / rows_a_word);
    if (is_coded()) {
        std::visit([rows](auto& list) { list.resize(rows); }, codes_);
    } else {
        values_.resize(rows);
    }
}

void Column::set(std::size_t row, const Value& value) {
    const bool had_text = kind_ == Kind::string && is_coded() && is_present(row);
    const auto old_code = had_text ? code_at(row) : 0;
    if (!value.is_missing() && is_coded() && !take_code(row, value)) keep_as_values();
    if (had_text && is_coded()) release_text(old_code);
    if (!is_coded()) values_[row] = value;
    set_present(row, !value.is_missing());
}

Value Column::at(std::size_t row) const {
    if (!is_present(row)) return {};
    if (!is_coded()) return values_[row];
    return std::visit(
        [&](const auto& list) {
            using Code = typename std::decay_t<decltype(list)>::value_type;
            if constexpr (std::is_floating_point_v<Code>) {
                return Value::real(static_cast<double>(list[row]));
            } else {
                return decode(list[row]);
            }
        },
        codes_);
}

Value Column::decode(std::int64_t code) const {
    switch (kind_) {
        case Kind::boolean: return Value::boolean(code > 0);
        case Kind::integer: return Value::integer(code);
        case Kind::real: return Value::real(static_cast<double>(code) / divisor());
        case Kind::string: return texts_[static_cast<std::size_t>(code)];
        case Kind::timestamp: return Value::timestamp(Timestamp(Duration(code)));
        default: return {};
    }
}

double Column::divisor() const {
    return form_ == Form::hundredths ? hundred : 1.0;
}

std::size_t Column::bytes() const {
    std::size_t bytes = present_.capacity() * sizeof(std::uint64_t) + values_.capacity() * sizeof(Value);
    bytes += std::visit([](const auto& list) { return list.capacity() * sizeof(list[0]); }, codes_);
    for (const auto& text : texts_) bytes += text.as_text().size() + bytes_a_text;
    return bytes;
}

// False where the value has no code beside those that are there.
bool Column::take_code(std::size_t row, const Value& value) {
    if (kind_ == Kind::missing) kind_ = value.kind();
    if (kind_ != value.kind()) return false;
    switch (kind_) {
        case Kind::boolean: return take_integer(row, value.as_boolean() ? 1 : 0);
        case Kind::integer: return take_integer(row, value.as_integer());
        case Kind::real: return take_real(row, value.as_real());
        case Kind::string: return take_integer(row, use_text(value));
        case Kind::timestamp: {
            const auto instant = value.as_instant();
            if (instant.nanoseconds % 1000 != 0) return false;
            return take_integer(row, instant.seconds * 1'000'000 + instant.nanoseconds / 1000);
        }
        default: return false;
    }
}

bool Column::take_integer(std::size_t row, std::int64_t code) {
    if (!fits(codes_, code)) codes_ = widened(codes_, code);
    std::visit([&](auto& list) { list[row] = static_cast<std::decay_t<decltype(list[0])>>(code); }, codes_);
    return true;
}

bool Column::take_real(std::size_t row, double value) {
    const bool has_integers = form_ == Form::whole || form_ == Form::hundredths;
    const auto code = scaled(value, form_ == Form::whole ? 1.0 : hundred);
    if (has_integers && code) return take_integer(row, *code);
    if (has_integers || (form_ == Form::single && !is_exact_float(value))) change_form(row, value);
    if (auto* singles = std::get_if<std::vector<float>>(&codes_)) {
        (*singles)[row] = static_cast<float>(value);
    } else if (auto* doubles = std::get_if<std::vector<double>>(&codes_)) {
        (*doubles)[row] = value;
    }
    return true;
}

// The first later form that holds all that is there and the new value.
void Column::change_form(std::size_t row, double value) {
    std::vector<double> all(rows_);
    for (std::size_t i = 0; i < rows_; ++i) all[i] = is_present(i) ? at(i).as_real() : 0.0;
    all[row] = value;
    const auto all_are = [&](auto&& claim) {
        for (const double one : all) {
            if (!claim(one)) return false;
        }
        return true;
    };
    if (form_ == Form::whole && all_are([](double one) { return scaled(one, hundred).has_value(); })) {
        form_ = Form::hundredths;
        codes_ = std::vector<std::int8_t>(rows_);
        for (std::size_t i = 0; i < rows_; ++i) take_integer(i, *scaled(all[i], hundred));
    } else if (form_ != Form::single && all_are(is_exact_float)) {
        form_ = Form::single;
        codes_ = std::vector<float>(all.begin(), all.end());
    } else {
        form_ = Form::full;
        codes_ = std::move(all);
    }
}

// The code of a text that one more row has.
std::int64_t Column::use_text(const Value& text) {
    const auto known = text_codes_.find(text.as_text());
    if (known != text_codes_.end()) {
        ++uses_[known->second];
        return known->second;
    }
    auto code = static_cast<std::uint32_t>(texts_.size());
    if (unused_.empty()) {
        texts_.push_back(text);
        uses_.push_back(1);
    } else {
        code = unused_.back();
        unused_.pop_back();
        texts_[code] = text;
        uses_[code] = 1;
    }
    text_codes_.emplace(texts_[code].as_text(), code);
    return code;
}

void Column::release_text(std::size_t code) {
    if (--uses_[code] > 0) return;
    text_codes_.erase(texts_[code].as_text());
    texts_[code] = Value::string({});
    unused_.push_back(static_cast<std::uint32_t>(code));
}

std::size_t Column::code_at(std::size_t row) const {
    return std::visit([row](const auto& list) { return static_cast<std::size_t>(list[row]); }, codes_);
}

void Column::keep_as_values() {
    std::vector<Value> values(rows_);
    for (std::size_t i = 0; i < rows_; ++i) values[i] = at(i);
    values_ = std::move(values);
    codes_ = {};
    text_codes_.clear();
    texts_.clear();
    uses_.clear();
    unused_.clear();
}

void Column::set_present(std::size_t row, bool present) {
    if (is_present(row) == present) return;
    present_[row / rows_a_word] ^= std::uint64_t{1} << (row % rows_a_word);
    present_count_ += present ? 1 : std::size_t(-1);
}

}  // namespace segmentd::rules
