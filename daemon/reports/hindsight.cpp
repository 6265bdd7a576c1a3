#include "daemon/reports/hindsight.hpp"

#include <algorithm>

namespace segmentd::daemon {
namespace {

Timestamp happened_at(const Record& record) {
    return std::min(record.occurred_at, record.engine_time);
}

Population empty_population(const Engine& engine) {
    Population population;
    population.use(engine.population().shared_book());
    for (const auto& [id, model] : engine.population().models()) population.set_model(model);
    return population;
}

void take(Population& population, const Record& record, Timestamp at) {
    const auto occurred_at = happened_at(record);
    auto& customer = population.at(population.find_or_create(record.customer));
    if (customer.first_seen == never) customer.first_seen = occurred_at;
    for (const auto& [purpose, granted] : record.consent) customer.rest.make().consent[purpose] = granted;
    if (const auto* profile = std::get_if<ProfileRecord>(&record.payload)) {
        population.take_profile(customer, *profile);
    }
    if (const auto* signal = std::get_if<SignalRecord>(&record.payload)) {
        population.take_signal(customer, *signal, occurred_at, at);
    }
}

}  // namespace

Result<Hindsight> look_back(const Engine& engine, const PastRecords& past, Timestamp at) {
    return read_past(begin_hindsight(engine, at), past);
}

Hindsight begin_hindsight(const Engine& engine, Timestamp at) {
    Hindsight begun{empty_population(engine), at, engine.records() + 1};
    begun.accounts.use(engine.population().book().accounts);
    return begun;
}

Result<Hindsight> read_past(Hindsight hindsight, const PastRecords& past) {
    const auto at = hindsight.at;
    const auto read = past(hindsight.end, [&](const Record& record) {
        if (record.customer.empty() || happened_at(record) > at) return;
        auto& population = hindsight.population;
        take(population, record, at);
        hindsight.accounts.take(population.at(*population.find(record.customer)), record, at);
    });
    if (!read) return fail(read.error());
    return hindsight;
}

Result<HindsightWalk> HindsightWalk::begin(const Engine& engine, const PastRecords& past) {
    HindsightWalk walk;
    walk.hindsight_ = begin_hindsight(engine, beginning_of_time);
    const auto read = past(walk.hindsight_.end, [&](const Record& record) {
        if (record.customer.empty()) return;
        const bool is_signal = std::holds_alternative<SignalRecord>(record.payload);
        if (is_signal) walk.signals_.push_back(record);
        if (is_signal && record.consent.empty()) return;
        walk.answers_.push_back(record);
        if (is_signal) walk.answers_.back().payload = ConsentRecord{};
    });
    if (!read) return fail(read.error());
    std::ranges::sort(walk.signals_, {},
                      [](const Record& record) { return std::pair(happened_at(record), record.sequence); });
    return walk;
}

// Of two answers about one thing the later in the journal counts, so all that were given by then are
// taken again at every step.
Hindsight& HindsightWalk::step_to(Timestamp at) {
    hindsight_.at = at;
    for (; taken_ < signals_.size() && happened_at(signals_[taken_]) <= at; ++taken_) {
        take(hindsight_.population, signals_[taken_], at);
    }
    for (const auto& answer : answers_) {
        if (happened_at(answer) <= at) take(hindsight_.population, answer, at);
    }
    return hindsight_;
}

}  // namespace segmentd::daemon
