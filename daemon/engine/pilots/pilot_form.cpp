#include "daemon/engine/pilots/pilot_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rules/definitions/words.hpp"

namespace segmentd::daemon {
namespace {

std::string meaning_of(const rules::Rulebook& book, const rules::MetricDefinition& metric);

template <typename T>
std::optional<std::size_t> place_of(const std::vector<T>& list, const T& wanted) {
    const auto found = std::ranges::find(list, wanted);
    if (found == list.end()) return std::nullopt;
    return static_cast<std::size_t>(found - list.begin());
}

bool has_other_weights(const PilotForm& form, const PilotForm& before) {
    if (form.weights.size() != before.weights.size()) return true;
    for (std::size_t i = 0; i < form.weights.size(); ++i) {
        const auto old = place_of(before.arms, form.arms[i]);
        if (!old || *old >= before.weights.size()) return true;
        if (std::abs(before.weights[*old] - form.weights[i]) > 1e-9) return true;
    }
    return false;
}

}  // namespace

PilotForm form_of(const rules::Rulebook& book, std::size_t pilot, const PilotForm& before) {
    const auto& definition = book.definitions.pilots[pilot];
    PilotForm form;
    for (const auto& arm : definition.arms) {
        form.arms.push_back(arm.name);
        form.weights.push_back(arm.weight);
    }
    for (const auto& arm : before.arms) {
        if (!place_of(form.arms, arm)) form.arms.push_back(arm);
    }
    for (const auto& segment : definition.report_by) form.groups.push_back(segment.id);
    for (const auto metric : book.pilots[pilot].metrics) {
        const auto& defined = book.definitions.metrics[metric];
        form.metrics.push_back({defined.id, meaning_of(book, defined)});
    }
    const bool is_new = before.arms.empty() || definition.assignment == rules::AssignmentRule::imported;
    form.weights_changed = before.weights_changed || (!is_new && has_other_weights(form, before));
    return form;
}

PilotForm form_without_definition(const PilotForm& before) {
    auto form = before;
    form.metrics.clear();
    return form;
}

std::vector<std::size_t> new_groups(const PilotForm& form, const PilotForm& before) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < form.groups.size(); ++i) {
        if (!place_of(before.groups, form.groups[i])) places.push_back(i);
    }
    return places;
}

Enrolment carried_over(const Enrolment& enrolment, const PilotForm& before, const PilotForm& form,
                       const Enrolment* derived) {
    Enrolment carried;
    carried.at = enrolment.at;
    carried.exposed_at = enrolment.exposed_at;
    carried.arm = *place_of(form.arms, before.arms[enrolment.arm]);
    for (std::size_t i = 0; i < form.groups.size(); ++i) {
        const auto old = place_of(before.groups, form.groups[i]);
        carried.reported.push_back(old ? enrolment.reported[*old] : derived != nullptr && derived->reported[i]);
    }
    for (std::size_t i = 0; i < form.metrics.size(); ++i) {
        const auto old = place_of(before.metrics, form.metrics[i]);
        if (old) {
            carried.outcomes.push_back(enrolment.outcomes[*old]);
        } else {
            carried.outcomes.push_back(derived != nullptr ? derived->outcomes[i] : Outcome{});
        }
    }
    return carried;
}

namespace {

std::string meaning_of(const rules::Rulebook& book, const rules::MetricDefinition& metric) {
    std::string meaning = fmt::format("{} of {} for {} as {}\n", rules::word_of(metric.compute), metric.signal.id.text,
                                      metric.window.count(), metric.value.text);
    for (const auto& line : metric.where) meaning += line.text + '\n';
    for (const auto& property : rules::find(book.definitions.signals, metric.signal.id)->properties) {
        meaning += fmt::format("{} {}\n", property.name, rules::word_of(property.type));
    }
    return meaning + fmt::format("{} digits", book.money_digits);
}

}  // namespace
}  // namespace segmentd::daemon
