#include "daemon/planning/borderline.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "daemon/engine/memberships/memberships.hpp"

namespace segmentd::daemon {

using rules::expression::Kind;
using rules::expression::Value;

namespace {

bool flips_nearby(const rules::Programs& enter, const std::vector<int>& slots, Row& row);

}  // namespace

double borderline_share(const Engine& engine, std::size_t segment, const CustomerSet& customers) {
    const auto& population = engine.population();
    const auto& enter = population.book().segments[segment].enter;
    std::set<int> slots;
    for (const auto& line : enter) {
        for (const int slot : rules::expression::slots_read(line)) slots.insert(slot);
    }
    const std::vector<int> read(slots.begin(), slots.end());
    std::size_t near = 0;
    Row row(population.book().layout.size);
    population.visit(customers.list(), [&](std::size_t customer) {
        const auto& inputs = population.book().segments[segment].inputs;
        population.look_at_slots(population.at(customer), engine.engine_time(), inputs, row);
        near += flips_nearby(enter, read, row) ? 1 : 0;
    });
    const auto size = customers.size();
    return size > 0 ? static_cast<double>(near) / static_cast<double>(size) : 0.0;
}

namespace {

// The same kind of number, a little more or less.
std::optional<Value> nudged(const Value& value, double by) {
    if (value.kind() == Kind::real) return Value::real(value.as_real() * (1.0 + by));
    if (value.kind() != Kind::integer) return std::nullopt;
    const double step = std::max(1.0, std::round(std::abs(static_cast<double>(value.as_integer()) * by)));
    if (!(step < 0x1p62)) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(step);
    std::int64_t moved = 0;
    const bool is_beyond = __builtin_add_overflow(value.as_integer(), by < 0 ? -whole : whole, &moved);
    return is_beyond ? std::nullopt : std::optional(Value::integer(moved));
}

bool flips_nearby(const rules::Programs& enter, const std::vector<int>& slots, Row& row) {
    const Truth now = all_hold(enter, row);
    for (const int slot : slots) {
        auto& place = row[static_cast<std::size_t>(slot)];
        const Value kept = place;
        for (const double by : {-borderline_change, borderline_change}) {
            const auto moved = nudged(kept, by);
            if (!moved) continue;
            place = *moved;
            const bool flips = all_hold(enter, row) != now;
            place = kept;
            if (flips) return true;
        }
    }
    return false;
}

}  // namespace

}  // namespace segmentd::daemon
