#include "daemon/engine/pilots/outcome_units.hpp"

#include <algorithm>

namespace segmentd::daemon {
namespace {

constexpr std::int64_t most_units = std::int64_t{1} << 52;

}  // namespace

std::optional<std::int64_t> units_added(const rules::Rulebook& book, std::size_t metric, const SignalRecord& signal) {
    const auto& definition = book.definitions.metrics[metric];
    const auto& compiled = book.metrics[metric];
    if (definition.signal.id != signal.signal) return std::nullopt;
    const auto& contract = book.definitions.signals[compiled.signal];
    const Row event = event_row(contract, signal.properties, book.money_digits);
    if (!holds(compiled.where, event)) return std::nullopt;
    if (definition.compute != rules::MetricCompute::sum) return 1;
    const auto amount = amount_of(signal, contract, compiled.property, compiled.value, event);
    const WideSum units = amount ? to_exact_units(*amount) : 0;
    return static_cast<std::int64_t>(std::clamp<WideSum>(units, -most_units, most_units));
}

std::int64_t units_after(const rules::MetricDefinition& metric, std::int64_t total, std::int64_t added) {
    if (metric.compute == rules::MetricCompute::any) return 1;
    return std::clamp(total + added, -most_units, most_units);
}

}  // namespace segmentd::daemon
