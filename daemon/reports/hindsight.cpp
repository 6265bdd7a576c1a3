#include "daemon/reports/hindsight.hpp"

#include <algorithm>

namespace segmentd::daemon {

Result<Hindsight> look_back(const Engine& engine, const PastRecords& past, Timestamp at) {
    return read_past(begin_hindsight(engine, at), past);
}

Hindsight begin_hindsight(const Engine& engine, Timestamp at) {
    Hindsight hindsight;
    hindsight.at = at;
    hindsight.end = engine.records() + 1;
    hindsight.population.use(engine.population().shared_book());
    for (const auto& [id, model] : engine.population().models()) hindsight.population.set_model(model);
    return hindsight;
}

Result<Hindsight> read_past(Hindsight hindsight, const PastRecords& past) {
    auto& population = hindsight.population;
    const auto at = hindsight.at;
    const auto read = past(hindsight.end, [&](const Record& record) {
        const auto occurred_at = std::min(record.occurred_at, record.engine_time);
        if (record.customer.empty() || occurred_at > at) return;
        auto& customer = population.at(population.find_or_create(record.customer));
        if (!customer.first_seen) customer.first_seen = occurred_at;
        for (const auto& [purpose, granted] : record.consent) customer.consent[purpose] = granted;
        if (const auto* profile = std::get_if<ProfileRecord>(&record.payload)) {
            Population::take_profile(customer, *profile);
        }
        if (const auto* signal = std::get_if<SignalRecord>(&record.payload)) {
            population.take_signal(customer, *signal, {occurred_at, record.sequence, {}}, at);
        }
    });
    if (!read) return fail(read.error());
    return hindsight;
}

Result<Timestamp> parse_as_of(std::string_view text) {
    TRY(instant, parse_timestamp(text));
    return is_date_only(text) ? instant + Days(1) - Duration(1) : instant;
}

}  // namespace segmentd::daemon
