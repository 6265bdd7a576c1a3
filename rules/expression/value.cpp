#include "rules/expression/value.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <utility>

#include "rules/expression/limits.hpp"

namespace segmentd::rules::expression {

struct Value::Shared {
    mutable std::atomic<std::uint32_t> owners{1};
    std::size_t weight = 1;
    std::size_t height = 0;
};

struct Value::SharedText : Shared {
    std::string text;
};

struct Value::SharedList : Shared {
    std::vector<Value> elements;
};

struct Value::SharedMap : Shared {
    Map map;
};

namespace {

bool is_key(const Value& value);
bool key_before(const Value& left, const Value& right);
std::optional<Value> whole_number(double value);

}  // namespace

Value Value::null() {
    return number(Kind::null, 0, 0);
}

Value Value::boolean(bool value) {
    return number(Kind::boolean, value ? 1 : 0, 0);
}

Value Value::integer(std::int64_t value) {
    return number(Kind::integer, value, 0);
}

Value Value::unsigned_integer(std::uint64_t value) {
    return number(Kind::unsigned_integer, static_cast<std::int64_t>(value), 0);
}

Value Value::real(double value) {
    return number(Kind::real, std::bit_cast<std::int64_t>(value), 0);
}

Value Value::string(std::string value) {
    auto* shared = new SharedText;
    shared->weight += value.size() / bytes_a_weight;
    shared->text = std::move(value);
    return sharing(Kind::string, shared);
}

Value Value::bytes(std::string value) {
    Value result = string(std::move(value));
    result.kind_ = Kind::bytes;
    return result;
}

Value Value::list(std::vector<Value> elements) {
    auto* shared = new SharedList;
    for (const Value& element : elements) {
        shared->weight += element.weight();
        shared->height = std::max(shared->height, element.height());
    }
    ++shared->height;
    shared->elements = std::move(elements);
    return sharing(Kind::list, shared);
}

tl::expected<Value, MapFault> Value::map(std::vector<MapEntry> entries) {
    for (const MapEntry& entry : entries) {
        if (!is_key(entry.key)) return tl::unexpected(MapFault::unsupported_key);
    }
    std::sort(entries.begin(), entries.end(),
              [](const MapEntry& left, const MapEntry& right) { return key_before(left.key, right.key); });
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (!key_before(entries[i - 1].key, entries[i].key)) return tl::unexpected(MapFault::repeated_key);
    }
    auto* shared = new SharedMap;
    for (const MapEntry& entry : entries) {
        shared->weight += entry.key.weight() + entry.value.weight();
        shared->height = std::max(shared->height, entry.value.height());
    }
    ++shared->height;
    shared->map.entries_ = std::move(entries);
    return sharing(Kind::map, shared);
}

// An optional is a list of at most one value under another kind.
Value Value::optional(Value held) {
    std::vector<Value> elements;
    elements.push_back(std::move(held));
    Value result = list(std::move(elements));
    result.kind_ = Kind::optional;
    return result;
}

Value Value::no_optional() {
    Value result = list({});
    result.kind_ = Kind::optional;
    return result;
}

Value Value::timestamp(Instant instant) {
    return number(Kind::timestamp, instant.seconds, instant.nanoseconds);
}

Value Value::timestamp(Timestamp instant) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
    return timestamp(
        Instant{seconds.time_since_epoch().count(), static_cast<std::int32_t>((instant - seconds).count() * 1000)});
}

Value Value::duration_nanoseconds(std::int64_t nanoseconds) {
    return number(Kind::duration, nanoseconds, 0);
}

Value Value::duration(Duration duration) {
    return duration_nanoseconds(duration.count() * 1000);
}

Value Value::type(Kind described) {
    return number(Kind::type, static_cast<std::int64_t>(described), 0);
}

std::string_view Value::as_text() const {
    return static_cast<const SharedText*>(shared())->text;
}

const std::vector<Value>& Value::as_list() const {
    return static_cast<const SharedList*>(shared())->elements;
}

const Map& Value::as_map() const {
    return static_cast<const SharedMap*>(shared())->map;
}

const Value* Value::as_optional() const {
    const auto& held = as_list();
    return held.empty() ? nullptr : &held.front();
}

std::size_t Value::weight() const {
    return is_shared() ? shared()->weight : 1;
}

std::size_t Value::height() const {
    return is_shared() ? shared()->height : 0;
}

void Value::add_owner() const noexcept {
    shared()->owners.fetch_add(1, std::memory_order_relaxed);
}

void Value::remove_owner() noexcept {
    if (shared()->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    switch (kind_) {
        case Kind::list:
        case Kind::optional: delete static_cast<const SharedList*>(shared()); break;
        case Kind::map: delete static_cast<const SharedMap*>(shared()); break;
        default: delete static_cast<const SharedText*>(shared()); break;
    }
}

void Value::swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(nanoseconds_, other.nanoseconds_);
    std::swap(payload_, other.payload_);
}

Value Value::number(Kind kind, std::int64_t payload, std::int32_t nanoseconds) {
    Value result;
    result.kind_ = kind;
    result.nanoseconds_ = nanoseconds;
    result.payload_ = payload;
    return result;
}

Value Value::sharing(Kind kind, const Shared* shared) {
    return number(kind, reinterpret_cast<std::int64_t>(shared), 0);
}

const Value* Map::find(const Value& key) const {
    if (key.kind() == Kind::real) {
        const auto whole = whole_number(key.as_real());
        return whole ? find(*whole) : nullptr;
    }
    if (!is_key(key)) return nullptr;
    const auto place =
        std::lower_bound(entries_.begin(), entries_.end(), key,
                         [](const MapEntry& entry, const Value& wanted) { return key_before(entry.key, wanted); });
    if (place == entries_.end() || key_before(key, place->key)) return nullptr;
    return &place->value;
}

namespace {

bool is_key(const Value& value) {
    return value.kind() == Kind::boolean || value.kind() == Kind::integer || value.kind() == Kind::unsigned_integer ||
           value.kind() == Kind::string;
}

int key_rank(const Value& key) {
    if (key.kind() == Kind::boolean) return 0;
    return key.kind() == Kind::string ? 2 : 1;
}

bool key_before(const Value& left, const Value& right) {
    const int rank = key_rank(left);
    if (rank != key_rank(right)) return rank < key_rank(right);
    if (rank == 0) return left.as_boolean() < right.as_boolean();
    if (rank == 2) return left.as_text() < right.as_text();
    const bool left_negative = left.kind() == Kind::integer && left.as_integer() < 0;
    const bool right_negative = right.kind() == Kind::integer && right.as_integer() < 0;
    if (left_negative != right_negative) return left_negative;
    // Both below zero or both not: two's complement keeps the order.
    return left.as_unsigned() < right.as_unsigned();
}

std::optional<Value> whole_number(double value) {
    if (std::trunc(value) != value) return std::nullopt;
    if (value >= -0x1p63 && value < 0x1p63) return Value::integer(static_cast<std::int64_t>(value));
    if (value >= 0 && value < 0x1p64) return Value::unsigned_integer(static_cast<std::uint64_t>(value));
    return std::nullopt;
}

}  // namespace

}  // namespace segmentd::rules::expression
