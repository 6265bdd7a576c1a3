#include "daemon/engine/population/population.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/sha256.hpp"

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
    for (auto& customer : customers_) {
        customer.features.assign(book_->features.size(), {});
        customer.histories.assign(book_->histories.size(), {});
    }
    fitted_.assign(book_->models.size(), {});
    for (const auto& [id, model] : models_) adopt(model);
}

void Population::keep_memberships(const rules::Rulebook& old_book) {
    for (auto& customer : customers_) {
        std::vector<std::optional<Membership>> kept(book_->segments.size());
        for (std::size_t i = 0; i < kept.size(); ++i) {
            const auto old_index = rules::index_of(old_book.definitions.segments, book_->definitions.segments[i].id);
            if (old_index) kept[i] = std::move(customer.memberships[*old_index]);
        }
        customer.memberships = std::move(kept);
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
    const auto [place, is_new] = index_.try_emplace(id, customers_.size());
    if (is_new) {
        Customer customer;
        customer.id = id;
        const auto digest = sha256(id.text);
        customer.bucket = static_cast<std::uint16_t>(digest[0] << 8 | digest[1]);
        customer.features.resize(book_->features.size());
        customer.histories.resize(book_->histories.size());
        customer.memberships.resize(book_->segments.size());
        customers_.push_back(std::move(customer));
    }
    return place->second;
}

std::optional<std::size_t> Population::find(const CustomerId& id) const {
    const auto found = index_.find(id);
    if (found == index_.end()) return std::nullopt;
    return found->second;
}

void Population::take_signal(Customer& customer, const SignalRecord& signal, const rules::FeatureInput& when,
                             Timestamp now) {
    const auto contract = rules::index_of(book_->definitions.signals, signal.signal);
    if (!contract) return;
    const auto& definition = book_->definitions.signals[*contract];
    const Row event = event_row(definition, signal.properties, book_->money_digits);
    for (std::size_t i = 0; i < book_->features.size(); ++i) {
        const auto& feature = book_->features[i];
        if (feature.signal != *contract || !holds(feature.where, event)) continue;
        rules::FeatureInput input = when;
        if (feature.value) {
            auto amount = amount_of(signal, definition, feature.property, feature.value, event);
            if (!amount) continue;
            input.value = std::move(*amount);
        }
        customer.features[i].add(feature.plan, input, now);
    }
    for (std::size_t i = 0; i < book_->histories.size(); ++i) {
        const auto& history = book_->histories[i];
        if (history.signal != *contract) continue;
        std::optional<Attribute> amount;
        if (history.value) amount = amount_of(signal, definition, history.property, history.value, event);
        customer.histories[i].add(day_number(when.at), amount ? to_exact_units(*amount) : 0);
    }
}

void Population::take_profile(Customer& customer, const ProfileRecord& profile) {
    for (const auto& [name, attribute] : profile.attributes) customer.profile.insert_or_assign(name, attribute);
}

void Population::fill_row(Customer& customer, Timestamp now, Row& row) const {
    const auto& layout = book_->layout;
    row.assign(layout.size, Value());
    for (std::size_t i = 0; i < book_->profile_names.size(); ++i) {
        const auto found = customer.profile.find(book_->profile_names[i]);
        if (found != customer.profile.end()) {
            row[layout.profile + i] = rules::to_value(found->second, book_->money_digits);
        }
    }
    for (std::size_t i = 0; i < book_->features.size(); ++i) {
        const auto& plan = book_->features[i].plan;
        customer.features[i].advance(plan, now);
        row[layout.features + i] = customer.features[i].value(plan, now);
    }
    for (std::size_t i = 0; i < book_->threshold_values.size(); ++i) {
        row[layout.thresholds + i] = Value::real(book_->threshold_values[i]);
    }
    const auto& purposes = book_->definitions.workspace.purposes;
    for (std::size_t i = 0; i < purposes.size(); ++i) {
        row[layout.consents + i] = Value::boolean(allows(customer, purposes[i]));
    }
    for (const auto& [slot, value] : fixed_) row[slot] = value;
    fill_scores(customer, now, row);
}

Timestamp Population::next_change(const Customer& customer, Timestamp now) const {
    Timestamp next = never;
    for (std::size_t i = 0; i < book_->features.size(); ++i) {
        const auto& feature = book_->features[i];
        if (!feature.is_read) continue;
        const auto& state = customer.features[i];
        if (!feature.days_that_matter) {
            next = std::min(next, state.valid_until(feature.plan, now));
            continue;
        }
        const auto last = state.last_at();
        if (!last) continue;
        if (feature.plan.window) next = std::min<Timestamp>(next, *last + *feature.plan.window);
        const auto today = std::chrono::floor<Days>(now - *last).count();
        const auto day = std::ranges::upper_bound(*feature.days_that_matter, today);
        if (day != feature.days_that_matter->end()) next = std::min<Timestamp>(next, *last + Days(*day));
    }
    for (const auto& score : book_->scores) {
        const auto& model = book_->models[score.model];
        const auto& fitted = fitted_[score.model];
        if (!score.is_read || !model.history || (!fitted.bg_nbd && !fitted.gamma_gamma)) continue;
        const auto days = std::max<std::int64_t>(
            1, std::chrono::floor<Days>(book_->definitions.models[score.model].refresh_every).count());
        next = std::min(next, start_of_day((day_number(now) / days + 1) * days));
    }
    return next;
}

bool Population::allows(const Customer& customer, const rules::Purpose& purpose) const {
    const auto answer = customer.consent.find(purpose.id.text);
    if (answer != customer.consent.end()) return answer->second;
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
