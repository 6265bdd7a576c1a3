#include "daemon/engine/population/population.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace segmentd::daemon {

using rules::expression::Kind;
using rules::expression::Value;

namespace {

std::optional<Attribute> to_attribute(const Value& value) {
    switch (value.kind()) {
        case Kind::boolean: return Attribute(value.as_boolean());
        case Kind::integer: return Attribute(value.as_integer());
        case Kind::unsigned_integer: return Attribute(static_cast<double>(value.as_unsigned()));
        case Kind::real: return std::isnan(value.as_real()) ? std::nullopt : std::optional(Attribute(value.as_real()));
        case Kind::string: return Attribute(std::string(value.as_text()));
        default: return std::nullopt;
    }
}

}  // namespace

void Population::use(std::shared_ptr<const rules::Rulebook> book) {
    const auto old_book = std::exchange(book_, std::move(book));
    if (old_book != nullptr) keep_memberships(*old_book);
    profile_slots_.clear();
    for (const auto& name : book_->profile_names) profile_slots_.push_back(profiles_.number_of(name));
    zone_attribute_ = profiles_.number_of(book_->definitions.workspace.customer_zone.id);
    fitted_.assign(book_->models.size(), {});
    for (const auto& [id, model] : models_) adopt(model);
}

void Population::keep_memberships(const rules::Rulebook& old_book) {
    std::vector<std::optional<std::uint32_t>> places;
    for (const auto& segment : old_book.definitions.segments) {
        const auto place = rules::index_of(book_->definitions.segments, segment.id);
        places.push_back(place ? std::optional(static_cast<std::uint32_t>(*place)) : std::nullopt);
    }
    const auto stays_in_place = [&](std::size_t place) { return places[place] == place; };
    if (std::ranges::all_of(std::views::iota(std::size_t{0}, places.size()), stays_in_place)) return;
    for (auto& customer : customers_) {
        Memberships kept;
        for (auto membership : customer.memberships) {
            if (!places[membership.segment]) continue;
            membership.segment = *places[membership.segment];
            kept.put(membership);
        }
        customer.memberships = std::move(kept);
        auto* rest = customer.rest.find();
        if (rest == nullptr) continue;
        ShortList<std::uint32_t> undecided;
        for (const auto segment : rest->undecided) {
            if (places[segment]) undecided.push_back(*places[segment]);
        }
        rest->undecided = std::move(undecided);
    }
}

void Population::expect(std::span<const std::size_t> customers) const {
    for (const auto place : customers) {
        const auto& customer = customers_[place];
        customer.features.fetch();
        customer.histories.fetch();
        customer.memberships.fetch();
    }
    for (const auto place : customers) {
        customers_[place].features.for_each([](const auto& feature) { feature.fetch_kept(); });
        customers_[place].histories.for_each([](const auto& history) { history.fetch(); });
    }
    for (const auto place : customers) {
        customers_[place].features.for_each([](const auto& feature) { feature.fetch_entries(); });
    }
}

void Population::expect(std::span<const std::string_view> ids) const {
    for (std::size_t first = 0; first < ids.size(); first += customers_at_once) {
        std::array<std::size_t, customers_at_once> known;
        auto* end = known.begin();
        for (const auto id : ids.subspan(first, std::min(ids.size() - first, known.size()))) {
            if (const auto place = customers_.find(id)) *end++ = *place;
        }
        expect(std::span<const std::size_t>(known.begin(), end));
    }
}

void Population::set_model(const ModelRecord& model) {
    models_[model.model] = model;
    adopt(model);
}

void Population::adopt(const ModelRecord& model) {
    const auto index = rules::index_of(book_->definitions.models, model.model);
    if (!index || model.type != to_word(book_->definitions.models[*index].type)) return;
    const auto parameter = [&](const char* name) {
        const auto found = model.parameters.find(name);
        return found == model.parameters.end() ? 0.0 : found->second;
    };
    Fitted fitted;
    if (model.type == "bg_nbd") {
        fitted.bg_nbd = {parameter("r"), parameter("alpha"), parameter("a"), parameter("b")};
    } else if (model.type == "gamma_gamma") {
        fitted.gamma_gamma = {parameter("p"), parameter("q"), parameter("gamma")};
    } else if (model.type == "logistic") {
        std::vector<double> coefficients = {parameter("intercept")};
        for (const auto& feature : book_->definitions.models[*index].features) {
            coefficients.push_back(parameter(("coefficient." + feature.id.text).c_str()));
        }
        fitted.logistic = std::move(coefficients);
    }
    fitted_[*index] = std::move(fitted);
}

std::size_t Population::find_or_create(const CustomerId& id) {
    const auto known = customers_.find(id.text);
    return known ? *known : customers_.add(id.text).place;
}

void Population::take_signal(Customer& customer, const SignalRecord& signal, Timestamp occurred_at, Timestamp now,
                             Touched* touched) {
    const auto& contracts = book_->definitions.signals;
    const auto place = std::ranges::lower_bound(contracts, signal.signal, {}, &rules::SignalDefinition::id);
    if (place == contracts.end() || place->id != signal.signal) return;
    const auto contract = static_cast<std::size_t>(place - contracts.begin());
    const Row event = event_row(*place, signal.properties, book_->money_digits);
    const auto& sources = book_->sources_of_features[contract];
    for (auto source = sources.begin(); source != sources.end();) {
        const auto index = source->feature;
        bool counts = false;
        std::int64_t meaning = 0;
        for (; source != sources.end() && source->feature == index; ++source) {
            if (!holds(source->where, event)) continue;
            counts = true;
            meaning |= source->meaning;
        }
        const auto& feature = book_->features[index];
        rules::FeatureInput input{occurred_at, meaning, !feature.of.empty() && holds(feature.of, event)};
        if (counts && feature.value) {
            auto amount = amount_of(signal, *place, feature.property, feature.value, event);
            counts = amount.has_value();
            if (amount) input.value = std::move(*amount);
        }
        if (!counts) continue;
        customer.features.make(index).add(feature.plan, input, local(feature.plan, customer, now));
        if (touched != nullptr) touched->features.push_back(index);
    }
    for (std::size_t i = 0; i < book_->histories.size(); ++i) {
        const auto& history = book_->histories[i];
        if (history.signal != contract) continue;
        std::optional<Attribute> amount;
        if (history.value) amount = amount_of(signal, *place, history.property, history.value, event);
        const auto day = book_->definitions.workspace.calendar.day_number(occurred_at);
        customer.histories.make(i).add(day, amount ? to_exact_units(*amount) : 0);
        if (touched != nullptr) touched->histories.push_back(i);
    }
}

void Population::take_profile(const Customer& customer, const ProfileRecord& profile) {
    for (const auto& [name, attribute] : profile.attributes) profiles_.set(customer.place, name, attribute);
}

void Population::fill_row(Customer& customer, Timestamp now, Row& row) const {
    for (std::size_t i = 0; i < book_->features.size(); ++i) let_lapse(customer, now, i);
    look_at_row(customer, now, row);
}

void Population::look_at_row(const Customer& customer, Timestamp now, Row& row) const {
    const auto& layout = book_->layout;
    row.assign(layout.size, Value());
    for (std::size_t slot = 0; slot < layout.scores; ++slot) look_at_slot(customer, now, slot, row);
    for (std::size_t slot = layout.thresholds; slot < layout.segments; ++slot) look_at_slot(customer, now, slot, row);
    for (std::size_t slot = layout.consents; slot < layout.size; ++slot) look_at_slot(customer, now, slot, row);
    for (const auto& [slot, value] : fixed_) row[slot] = value;
    for (const auto score : book_->score_order) look_at_slot(customer, now, layout.scores + score, row);
}

void Population::fill_slot(Customer& customer, Timestamp now, std::size_t slot, Row& row) const {
    const auto& layout = book_->layout;
    if (slot >= layout.features && slot < layout.scores) let_lapse(customer, now, slot - layout.features);
    look_at_slot(customer, now, slot, row);
}

void Population::let_lapse(Customer& customer, Timestamp now, std::size_t feature) const {
    const auto& plan = book_->features[feature].plan;
    if (auto* state = customer.features.find(feature)) state->advance(plan, local(plan, customer, now));
}

void Population::look_at_slot(const Customer& customer, Timestamp now, std::size_t slot, Row& row) const {
    const auto& layout = book_->layout;
    if (has_fixed() && is_fixed(slot)) {
        row[slot] = fixed_.at(slot);
    } else if (slot < layout.features) {
        row[slot] = profiles_.value(profile_slots_[slot - layout.profile], customer.place, book_->money_digits);
    } else if (slot < layout.scores) {
        const auto index = slot - layout.features;
        const auto& plan = book_->features[index].plan;
        row[slot] = customer.features[index].value(plan, local(plan, customer, now));
    } else if (slot < layout.thresholds) {
        const auto value = score(slot - layout.scores, customer, now, row);
        row[slot] = value ? Value::real(*value) : Value();
    } else if (slot < layout.segments) {
        row[slot] = Value::real(book_->threshold_values[slot - layout.thresholds]);
    } else if (slot < layout.consents) {
        row[slot] = Value::boolean(customer.memberships.has(slot - layout.segments));
    } else {
        const auto& purposes = book_->definitions.workspace.purposes;
        row[slot] = Value::boolean(allows(customer, purposes[slot - layout.consents]));
    }
}

Timestamp Population::next_change(const Customer& customer, Timestamp now) const {
    Timestamp next = next_refresh(now);
    for (std::size_t i = 0; i < book_->features.size(); ++i) next = std::min(next, next_change_of(i, customer, now));
    return next;
}

Timestamp Population::next_change(const Customer& customer, Timestamp now, const Touched& touched) const {
    Timestamp next = touched.histories.empty() ? never : next_refresh(now);
    for (const auto index : touched.features) next = std::min(next, next_change_of(index, customer, now));
    return next;
}

Timestamp Population::next_change_of(std::size_t feature, const Customer& customer, Timestamp now) const {
    const auto& compiled = book_->features[feature];
    if (!compiled.is_read) return never;
    return customer.features[feature].valid_until(compiled.plan, local(compiled.plan, customer, now));
}

// The next day on which a score of repeat buying that somebody reads is made anew.
Timestamp Population::next_refresh(Timestamp now) const {
    Timestamp next = never;
    const auto& calendar = book_->definitions.workspace.calendar;
    for (const auto& score : book_->scores) {
        const auto& model = book_->models[score.model];
        const auto& fitted = fitted_[score.model];
        if (!score.is_read || !model.history || (!fitted.bg_nbd && !fitted.gamma_gamma)) continue;
        const auto days = std::max<std::int64_t>(
            1, std::chrono::floor<Days>(book_->definitions.models[score.model].refresh_every).count());
        next = std::min(next, calendar.start_of_day((calendar.day_number(now) / days + 1) * days));
    }
    return next;
}

const Zone& Population::zone_of(const Customer& customer) const {
    const auto& workspace = book_->definitions.workspace;
    const auto name = profiles_.value(zone_attribute_, customer.place, book_->money_digits);
    const auto* zone = name.kind() == Kind::string ? workspace.zones.find(name.as_text()) : nullptr;
    return zone == nullptr ? workspace.calendar : *zone;
}

rules::LocalInstant Population::local(const rules::FeaturePlan& plan, const Customer& customer, Timestamp now) const {
    const bool is_customers = plan.zone == rules::CalendarZone::customer;
    return {now, is_customers ? zone_of(customer) : book_->definitions.workspace.calendar};
}

bool Population::allows(const Customer& customer, const rules::Purpose& purpose) const {
    const auto& answers = customer.rest->consent;
    const auto answer = answers.find(purpose.id.text);
    if (answer != answers.end()) return answer->second;
    return purpose.basis == rules::Basis::legitimate_interest;
}

Row event_row(const rules::SignalDefinition& signal, const Attributes& properties, int currency_digits) {
    Row row;
    row.reserve(signal.properties.size());
    for (const auto& property : signal.properties) {
        const auto found = properties.find(property.name);
        row.push_back(found == properties.end() ? Value() : rules::to_value(found->second, currency_digits));
    }
    return row;
}

bool holds(const rules::Programs& conditions, std::span<const Value> row) {
    return std::ranges::all_of(conditions, [&](const auto& condition) {
        return rules::expression::decide(condition, row) == rules::expression::Truth::yes;
    });
}

std::optional<double> as_number(const Value& value) {
    switch (value.kind()) {
        case Kind::integer: return static_cast<double>(value.as_integer());
        case Kind::unsigned_integer: return static_cast<double>(value.as_unsigned());
        case Kind::real: return value.as_real();
        case Kind::boolean: return value.as_boolean() ? 1.0 : 0.0;
        default: return std::nullopt;
    }
}

std::optional<Attribute> amount_of(const SignalRecord& signal, const rules::SignalDefinition& contract,
                                   const std::optional<std::size_t>& property,
                                   const std::optional<rules::expression::Program>& value, const Row& event) {
    if (property) {
        const auto found = signal.properties.find(contract.properties[*property].name);
        if (found == signal.properties.end()) return std::nullopt;
        return found->second;
    }
    if (!value) return std::nullopt;
    const auto outcome = rules::expression::evaluate(*value, event);
    if (!outcome) return std::nullopt;
    return to_attribute(*outcome);
}

}  // namespace segmentd::daemon
