// Scores of one customer at one instant, from the fitted models.
#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

using rules::ScoreOutput;
using rules::expression::Value;

std::optional<double> Population::score(std::size_t index, const Customer& customer, Timestamp now,
                                        const Row& row) const {
    const auto& score = book_->scores[index];
    const auto& fitted = fitted_[score.model];
    if (score.expression) {
        const auto outcome = rules::expression::evaluate(*score.expression, row);
        return outcome ? as_number(*outcome) : std::nullopt;
    }
    if (fitted.logistic) {
        const auto& slots = book_->models[score.model].feature_slots;
        double log_odds = fitted.logistic->front();
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const auto input = as_number(row[slots[i]]);
            if (!input) return std::nullopt;
            log_odds += (*fitted.logistic)[i + 1] * *input;
        }
        return 1.0 / (1.0 + std::exp(-log_odds));
    }
    if (!fitted.bg_nbd && !fitted.gamma_gamma) return std::nullopt;
    const auto purchases = summary(score.model, customer, now);
    if (!purchases) return std::nullopt;
    if (fitted.gamma_gamma) {
        return rules::expected_spend(*fitted.gamma_gamma, {purchases->history.repeats, purchases->mean_repeat_spend});
    }
    if (score.output == ScoreOutput::p_alive) return rules::alive_probability(*fitted.bg_nbd, purchases->history);
    return rules::expected_purchases(*fitted.bg_nbd, purchases->history, score.horizon_units);
}

std::optional<rules::PurchaseSummary> Population::summary(std::size_t model, const Customer& customer,
                                                          Timestamp now) const {
    const auto& definition = book_->definitions.models[model];
    const auto history = *book_->models[model].history;
    const auto& days = customer.histories[history];
    const auto step = std::max<std::int64_t>(1, std::chrono::floor<Days>(definition.refresh_every).count());
    const auto today = book_->definitions.workspace.calendar.day_number(now);
    const auto day = std::max(days.last_day(), today / step * step);
    return days.summarise(day, purchase_scale(*book_, model));
}

std::optional<double> Population::revenue(const Row& row) const {
    if (!book_->revenue) return std::nullopt;
    const auto outcome = rules::expression::evaluate(*book_->revenue, row);
    return outcome ? as_number(*outcome) : std::nullopt;
}

std::optional<double> Population::expected_value(const Row& row) const {
    if (!book_->expected_value) return std::nullopt;
    const auto outcome = rules::expression::evaluate(*book_->expected_value, row);
    return outcome ? as_number(*outcome) : std::nullopt;
}

rules::PurchaseScale purchase_scale(const rules::Rulebook& book, std::size_t model) {
    const auto& definition = book.definitions.models[model];
    const auto& history = book.histories[*book.models[model].history];
    rules::PurchaseScale scale;
    scale.days_per_unit = static_cast<double>(definition.unit.count()) / 86'400'000'000.0;
    scale.units_per_major = static_cast<std::int64_t>(exact_units_per_number);
    scale.time_decimals = definition.time_decimals;
    scale.spend_decimals = definition.spend_decimals;
    if (history.property) {
        const auto& property = book.definitions.signals[history.signal].properties[*history.property];
        if (property.type == AttributeType::money) scale.units_per_major = power_of_ten(book.money_digits);
    }
    return scale;
}

}  // namespace segmentd::daemon
