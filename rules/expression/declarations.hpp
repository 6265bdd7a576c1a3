// The names an expression may use, each with its type and its slot in the flat row.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/expression/type.hpp"

namespace segmentd::rules::expression {

struct Field {
    std::string name;
    Type type;
    int slot = 0;  // index into the row, from 0
};

// Seconds east of UTC that a named time zone has at an instant; no value for an unknown zone.
using ZoneOffset = std::function<std::optional<std::int64_t>(std::string_view zone, std::int64_t unix_seconds)>;

class Declarations {
  public:
    // A variable; the name may have dots ("account.plan"). A name declared twice keeps the last.
    void add_variable(std::string name, Type type, int slot);

    // A root with fields, such as `feature`: `feature.orders_90d`, `feature["orders_90d"]` and
    // `has(feature.orders_90d)` are resolved when compiled. The root itself is no value.
    void add_record(std::string root, std::vector<Field> fields);

    // Names are looked up in this container first, then in its parents: in "shop.eu" the name x
    // means shop.eu.x, else shop.x, else x.
    void set_container(std::string container);

    // Without it, date functions know UTC and offsets such as "+01:00" only.
    void use_time_zones(ZoneOffset zones);

    using Fields = std::map<std::string, Field, std::less<>>;

    // Null where no such variable or record is declared.
    const Field* find_variable(std::string_view name) const;
    const Fields* find_record(std::string_view root) const;

    const std::string& container() const { return container_; }
    const ZoneOffset& time_zones() const { return zones_; }

    // Every declared variable and root, for hints.
    std::vector<std::string> names() const;

  private:
    Fields variables_;
    std::map<std::string, Fields, std::less<>> records_;
    std::string container_;
    ZoneOffset zones_;
};

}  // namespace segmentd::rules::expression
