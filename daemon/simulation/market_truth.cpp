#include "daemon/simulation/market_truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/simulation/market_pilots.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::object parameters(const MarketModel& model);
json::object pilots(const MarketSettings& settings, const MarketTruth& truth);
json::object effect(const TruthQuestion& question, const MarketTruth& truth);
json::object first_renewals(const MarketTruth& truth);
json::object rows(const Market& market);
json::object consent(const MarketTruth& truth);
json::object at_end(const MarketSettings& settings, const MarketTruth& truth);
json::object team_line(const TeamTruth& team);

template <std::size_t Size>
json::array list(const std::array<double, Size>& values) {
    return json::array(values.begin(), values.end());
}

json::object by_mood(const ByMood& values) {
    return {{"growing", values[0]}, {"steady", values[1]}, {"fading", values[2]}};
}

const char* to_word(TruthGroup group) {
    return group == TruthGroup::all ? "all" : "small_crews";
}

}  // namespace

std::string market_truth_text(const MarketModel& model, const MarketSettings& settings, const Market& market) {
    const auto& truth = market.truth;
    std::string text = fmt::format(
        R"({{"settings": {{"seed": {}, "customers": {}, "begins_at": "{}", "ends_at": "{}"}})", settings.seed,
        settings.customers, to_text(settings.ends_at - market_year), to_text(settings.ends_at));
    const json::object parts = {{"parameters", parameters(model)},
                                {"pilots", pilots(settings, truth)},
                                {"first_renewals", first_renewals(truth)},
                                {"rows", rows(market)},
                                {"consent", consent(truth)},
                                {"at_end", at_end(settings, truth)}};
    for (const auto& [name, part] : parts) text += fmt::format(",\n \"{}\": {}", std::string(name), json_text(part));
    text += ",\n \"teams\": [";
    for (std::size_t i = 0; i < truth.teams.size(); ++i) {
        text += (i == 0 ? "\n" : ",\n") + json_text(team_line(truth.teams[i]));
    }
    return text + "\n]}\n";
}

json::object market_truth_summary(const MarketSettings& settings, const Market& market) {
    json::object effects;
    const auto& pilots = simulated_pilots();
    for (std::size_t pilot = 0; pilot < pilots.size(); ++pilot) {
        json::object metrics;
        for (std::size_t metric = 0; metric < pilots[pilot].metrics().size(); ++metric) {
            json::object groups;
            for (const auto group : truth_groups) {
                groups[to_word(group)] = effect_of(market.truth, {pilot, metric, group, settings.ends_at}).effect;
            }
            metrics[pilots[pilot].metrics()[metric].name] = std::move(groups);
        }
        effects[pilots[pilot].name] = std::move(metrics);
    }
    return {{"effects", std::move(effects)},
            {"rows", rows(market)},
            {"consent", consent(market.truth)},
            {"at_end", at_end(settings, market.truth)}};
}

namespace {

json::object parameters(const MarketModel& model) {
    json::object transition;
    for (std::size_t mood = 0; mood < mood_count; ++mood) {
        transition[to_word(static_cast<Mood>(mood))] = by_mood(model.transition[mood]);
    }
    return {{"activation", {{"larger", list(model.activation[0])}, {"small_crews", list(model.activation[1])}}},
            {"mood_if_activated", by_mood(model.mood_if_activated)},
            {"mood_if_not", by_mood(model.mood_if_not)},
            {"transition", std::move(transition)},
            {"leaving", by_mood(model.leaving)},
            {"leaving_weight", model.leaving_weight},
            {"sessions_per_week", model.sessions_per_week},
            {"session_shape", model.session_shape},
            {"session_factor", by_mood(model.session_factor)},
            {"schedules_per_session", model.schedules_per_session},
            {"weekday", list(model.weekday)},
            {"month", list(model.month)},
            {"seat_stop", model.seat_stop},
            {"seat_price_cents", {{"starter", model.seat_price_cents[0]}, {"team", model.seat_price_cents[1]}}},
            {"adds_seats", by_mood(model.adds_seats)},
            {"further_seats", model.further_seats},
            {"ambition", list(model.ambition)},
            {"upgrade_base", model.upgrade_base},
            {"upgrade_range", model.upgrade_range},
            {"upgrade_best_visits", model.upgrade_best_visits},
            {"upgrade_visit_width", model.upgrade_visit_width},
            {"offer_gain", {{"larger", model.offer_gain[0]}, {"small_crews", model.offer_gain[1]}}},
            {"buys_packs", model.buys_packs},
            {"pack_shape", model.pack_shape},
            {"packs_per_week", model.packs_per_week},
            {"pack_stop", list(model.pack_stop)},
            {"tickets", by_mood(model.tickets)},
            {"ticket_severity", list(model.ticket_severity)},
            {"answers", model.answers},
            {"praises", by_mood(model.praises)},
            {"prefers", list(model.prefers)},
            {"messages", model.messages},
            {"answers_message", list(model.answers_message)},
            {"agrees_to_tips", model.agrees_to_tips},
            {"withdraws_tips", by_mood(model.withdraws_tips)},
            {"agrees_later", model.agrees_later},
            {"late_visits", model.late_visits},
            {"late_hours", model.late_hours},
            {"broken_rows", model.broken_rows}};
}

json::object pilots(const MarketSettings& settings, const MarketTruth& truth) {
    json::object known;
    for (std::size_t number = 0; number < simulated_pilots().size(); ++number) {
        const auto& pilot = simulated_pilots()[number];
        std::array<std::int64_t, 2> enrolled{};
        for (const auto& enrolment : truth.enrolments) {
            if (enrolment.pilot == number) ++enrolled[enrolment.arm];
        }
        json::object metrics;
        for (std::size_t metric = 0; metric < pilot.metrics().size(); ++metric) {
            json::object groups;
            for (const auto group : truth_groups) {
                groups[to_word(group)] = effect({number, metric, group, settings.ends_at}, truth);
            }
            metrics[pilot.metrics()[metric].name] = std::move(groups);
        }
        known[pilot.name] = {{"enrolled", {{pilot.arms[0], enrolled[0]}, {pilot.arms[1], enrolled[1]}}},
                             {"metrics", std::move(metrics)}};
    }
    return known;
}

json::object effect(const TruthQuestion& question, const MarketTruth& truth) {
    const auto known = effect_of(truth, question);
    const auto& arms = simulated_pilots()[question.pilot].arms;
    const auto by_arm = [&](const auto& values) { return json::object{{arms[0], values[0]}, {arms[1], values[1]}}; };
    return {{"effect", known.effect},
            {"expected", by_arm(known.expected)},
            {"teams", by_arm(known.teams)},
            {"observed", by_arm(known.observed)}};
}

json::object first_renewals(const MarketTruth& truth) {
    json::object renewals;
    for (std::size_t mood = 0; mood < mood_count; ++mood) {
        const auto& share = truth.first_renewals[mood];
        renewals[to_word(static_cast<Mood>(mood))] = {
            {"probability", share.probability}, {"trials", share.trials}, {"successes", share.successes}};
    }
    return renewals;
}

json::object rows(const Market& market) {
    json::object broken;
    for (std::size_t i = 0; i < broken_reasons.size(); ++i) broken[broken_reasons[i]] = market.truth.broken[i];
    return {{"all", market.rows},
            {"broken", std::move(broken)},
            {"late", market.truth.late},
            {"not_arrived", market.truth.not_arrived}};
}

json::object consent(const MarketTruth& truth) {
    return {{"tips_given", truth.tips_given},
            {"tips_withdrawn", truth.tips_withdrawn},
            {"tips_agreed_at_end", std::ranges::count(truth.teams, true, &TeamTruth::agrees_to_tips)}};
}

json::object at_end(const MarketSettings& settings, const MarketTruth& truth) {
    const auto is_new = [&](const TeamTruth& team) { return team.started_at > settings.ends_at - market_period; };
    const auto is_fading = [](const TeamTruth& team) { return team.is_paying && team.mood == Mood::fading; };
    const auto is_crew = [](const TeamTruth& team) { return team.is_paying && team.traits.is_small_crew; };
    return {{"in_first_30_days", std::ranges::count_if(truth.teams, is_new)},
            {"paying", std::ranges::count(truth.teams, true, &TeamTruth::is_paying)},
            {"paying_and_fading", std::ranges::count_if(truth.teams, is_fading)},
            {"paying_small_crews", std::ranges::count_if(truth.teams, is_crew)}};
}

json::object team_line(const TeamTruth& team) {
    return {{"customer", team.customer},
            {"started_at", to_text(team.started_at)},
            {"small_crew", team.traits.is_small_crew},
            {"sessions_per_week", team.traits.sessions_per_week},
            {"leaving", list(team.traits.leaving)},
            {"ambition", team.traits.ambition},
            {"channel", to_word(team.traits.channel)},
            {"activated", team.is_activated},
            {"paying", team.is_paying},
            {"upgraded", team.has_upgraded},
            {"tips", team.agrees_to_tips},
            {"mood", to_word(team.mood)}};
}

}  // namespace
}  // namespace segmentd::daemon
