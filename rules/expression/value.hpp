// Value: what a CEL expression reads and yields.
//
// Sixteen bytes. Numbers, instants and durations stand in the value itself; strings, bytes, lists
// and maps are immutable and shared, so a copy costs one counter. Values may be read and copied in
// several threads at once.
//
// A missing value stands only in a slot of a row ("the attribute is absent"); an expression that
// reads it yields an error and never another value that contains it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/timestamp.hpp"

namespace segmentd::rules::expression {

enum class Kind : std::uint8_t {
    missing,
    null,
    boolean,
    integer,           // CEL int, 64 bits
    unsigned_integer,  // CEL uint, 64 bits
    real,              // CEL double
    string,            // UTF-8
    bytes,
    list,
    map,
    optional,   // a value or none
    timestamp,  // seconds and nanoseconds, years 0001 to 9999
    duration,   // whole nanoseconds in 64 bits, about 292 years either way
    type,
};

// Seconds since 1970-01-01T00:00:00Z and nanoseconds after that second (0 to 999,999,999).
struct Instant {
    std::int64_t seconds = 0;
    std::int32_t nanoseconds = 0;

    auto operator<=>(const Instant&) const = default;
};

struct MapEntry;
class Map;
enum class MapFault { repeated_key, unsupported_key };

class Value {
  public:
    Value() noexcept = default;  // missing
    Value(const Value& other) noexcept
        : kind_(other.kind_), nanoseconds_(other.nanoseconds_), payload_(other.payload_) {
        if (is_shared()) add_owner();
    }
    Value(Value&& other) noexcept : kind_(other.kind_), nanoseconds_(other.nanoseconds_), payload_(other.payload_) {
        other.kind_ = Kind::missing;
    }
    Value& operator=(Value other) noexcept {
        swap(other);
        return *this;
    }
    ~Value() {
        if (is_shared()) remove_owner();
    }

    static Value null();
    static Value boolean(bool value);
    static Value integer(std::int64_t value);
    static Value unsigned_integer(std::uint64_t value);
    static Value real(double value);
    static Value string(std::string value);
    static Value bytes(std::string value);
    static Value list(std::vector<Value> elements);
    // Keys are bool, int, uint or string; 1 and 1u are the same key. Entries are kept in key order.
    static tl::expected<Value, MapFault> map(std::vector<MapEntry> entries);
    static Value optional(Value held);
    static Value no_optional();
    static Value timestamp(Instant instant);
    static Value timestamp(Timestamp instant);
    static Value duration_nanoseconds(std::int64_t nanoseconds);
    static Value duration(Duration duration);  // at most 292 years
    static Value type(Kind described);

    Kind kind() const { return kind_; }
    bool is_missing() const { return kind_ == Kind::missing; }

    // Each of these may be called on its own kind only.
    bool as_boolean() const { return payload_ != 0; }
    std::int64_t as_integer() const { return payload_; }
    std::uint64_t as_unsigned() const { return static_cast<std::uint64_t>(payload_); }
    double as_real() const { return std::bit_cast<double>(payload_); }
    std::string_view as_text() const;  // string or bytes
    const std::vector<Value>& as_list() const;
    const Map& as_map() const;
    const Value* as_optional() const;  // null where it holds none
    Instant as_instant() const { return {payload_, nanoseconds_}; }
    std::int64_t as_nanoseconds() const { return payload_; }
    Kind as_type() const { return static_cast<Kind>(payload_); }

    // A measure of the memory behind the value (1 for a number; a list is more than the sum of its
    // elements) and how deeply lists and maps are nested (0 for a number). Both in constant time.
    std::size_t weight() const;
    std::size_t height() const;

  private:
    struct Shared;
    struct SharedText;
    struct SharedList;
    struct SharedMap;

    const Shared* shared() const { return reinterpret_cast<const Shared*>(payload_); }
    bool is_shared() const { return kind_ >= Kind::string && kind_ <= Kind::optional; }
    void add_owner() const noexcept;
    void remove_owner() noexcept;
    void swap(Value& other) noexcept;
    static Value number(Kind kind, std::int64_t payload, std::int32_t nanoseconds);
    static Value sharing(Kind kind, const Shared* shared);

    Kind kind_ = Kind::missing;
    std::int32_t nanoseconds_ = 0;
    std::int64_t payload_ = 0;  // a number, the bits of a double, or the address of what is shared
};

struct MapEntry {
    Value key;
    Value value;
};

// The entries of a map value, in key order: booleans, numbers, strings.
class Map {
  public:
    const std::vector<MapEntry>& entries() const { return entries_; }
    // The value under a key; null where there is none. A double finds the integer it equals.
    const Value* find(const Value& key) const;

  private:
    friend class Value;
    std::vector<MapEntry> entries_;
};

}  // namespace segmentd::rules::expression
