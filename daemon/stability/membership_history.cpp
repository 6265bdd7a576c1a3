#include "daemon/stability/membership_history.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>

namespace segmentd::daemon {

namespace {

constexpr std::uint32_t none = 0;
constexpr std::uint32_t own = 1;
constexpr std::int64_t first_monday = 4;  // 1970-01-05

std::string cause_in(const LedgerEntry& line) {
    boost::json::error_code unreadable;
    const auto details = boost::json::parse(line.details, unreadable);
    const auto* cause = details.is_object() ? details.get_object().if_contains("cause") : nullptr;
    return cause != nullptr && cause->is_string() ? std::string(cause->get_string()) : std::string();
}

double days_between(Timestamp from, Timestamp until) {
    return std::chrono::duration<double, Days::period>(until - from).count();
}

}  // namespace

MembershipHistory::MembershipHistory(HistoryQuestion question)
    : question_(std::move(question)),
      names_{"", question_.segment.text},
      name_index_{{"", none}, {question_.segment.text, own}} {}

void MembershipHistory::take(const LedgerEntry& line) {
    if (line.at > question_.until) return;
    const auto segment = name_of(line.name);
    const bool counts = line.at >= question_.from;
    close_renewals(line.sequence);
    if (counts) begin_periods(line.at);
    close_periods(line.at);

    std::uint32_t index = 0;
    auto& person = person_of(line.customer, index);
    const auto* renewal = renewal_behind(line);
    if (calendar_) calendar_->places.try_emplace(index, place_of(person));
    if (counts && renewal != nullptr) {
        if (!renewal_) renewal_ = compare_from(renewal->at);
        renewal_->places.try_emplace(index, place_of(person));
    }
    move(person, segment, line, renewal != nullptr);
}

MembershipFacts MembershipHistory::finish() {
    close_renewals(std::numeric_limits<std::uint64_t>::max());
    begin_periods(question_.until + Duration(1));
    close_periods(question_.until + Duration(1));
    for (const auto& person : people_) {
        facts_.members_ever += person.was_member || person.is_member ? 1 : 0;
        facts_.flapping_customers += person.is_flapping ? 1 : 0;
        if (!person.is_member || person.since < question_.from) continue;
        facts_.spells.push_back({days_between(person.since, question_.until), false});
    }
    return std::move(facts_);
}

void MembershipHistory::move(Person& person, std::uint32_t segment, const LedgerEntry& line, bool by_renewal) {
    const bool enters = line.kind == LedgerKind::entered;
    const auto before = place_of(person).in_family;
    if (segment != own) {
        std::erase(person.others, segment);
        if (enters) person.others.push_back(segment);
    } else if (enters && !person.is_member) {
        enter(person, line.at);
    } else if (!enters && person.is_member) {
        leave(person, line.at, by_renewal);
    }
    --family_[before];
    ++family_[place_of(person).in_family];
}

MembershipHistory::Comparison MembershipHistory::compare_from(Timestamp since) const {
    return {since, facts_.members, family_, {}};
}

MembershipHistory::Place MembershipHistory::place_of(const Person& person) const {
    if (person.is_member) return {own, question_.family.empty() ? none : own};
    const auto in_family =
        std::ranges::find_if(person.others, [&](auto other) { return question_.family.contains(names_[other]); });
    return {person.others.empty() ? none : person.others.back(), in_family == person.others.end() ? none : *in_family};
}

std::uint32_t MembershipHistory::name_of(const std::string& segment) {
    const auto [place, is_new] = name_index_.try_emplace(segment, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(segment);
    return place->second;
}

MembershipHistory::Person& MembershipHistory::person_of(const CustomerId& customer, std::uint32_t& index) {
    const auto [place, is_new] = person_index_.try_emplace(customer, static_cast<std::uint32_t>(people_.size()));
    if (is_new) people_.emplace_back();
    index = place->second;
    return people_[index];
}

// The last instant of the period: what happens at midnight belongs to the next one.
Timestamp MembershipHistory::period_end(std::int64_t period) const {
    return question_.calendar.start_of_day(first_monday + period * question_.spacing_days) - Duration(1);
}

// The first one that does not end before the instant.
std::int64_t MembershipHistory::period_at(Timestamp instant) const {
    auto period = (question_.calendar.day_number(instant) - first_monday) / question_.spacing_days - 2;
    while (period_end(period) < instant) ++period;
    return period;
}

// Periods begin with the first line or, where `from` is given, at the first end that is not before it.
void MembershipHistory::begin_periods(Timestamp next_line) {
    if (calendar_) return;
    const bool is_open = question_.from == beginning_of_time;
    const auto first = is_open ? period_at(next_line) - 1 : period_at(question_.from - Duration(1));
    if (period_end(first) >= next_line) return;
    calendar_ = compare_from(period_end(first));
    period_ = first + 1;
}

void MembershipHistory::close_periods(Timestamp before) {
    while (calendar_ && period_end(period_) < before) {
        const auto end = period_end(period_++);
        if (has_begun_) facts_.refreshes.push_back(close(*calendar_, end, {}));
        calendar_ = compare_from(end);
    }
}

void MembershipHistory::close_renewals(std::uint64_t before_sequence) {
    const auto& renewals = question_.renewals;
    for (; next_renewal_ < renewals.size() && renewals[next_renewal_].sequence < before_sequence; ++next_renewal_) {
        const auto& renewal = renewals[next_renewal_];
        const bool counts = renewal.at >= question_.from && renewal.at <= question_.until && has_begun_;
        auto refresh = close(renewal_.value_or(compare_from(renewal.at)), renewal.at, renewal.cause);
        const bool moved = refresh.stay != refresh.before || refresh.stay != refresh.after;
        renewal_.reset();
        if (!counts || !(moved || renewal.is_about)) continue;
        close_periods(renewal.at);
        facts_.refreshes.push_back(std::move(refresh));
    }
}

const Renewal* MembershipHistory::renewal_behind(const LedgerEntry& line) {
    const auto& renewals = question_.renewals;
    if (next_renewal_ >= renewals.size() || renewals[next_renewal_].sequence != line.sequence) return nullptr;
    const auto cause = cause_in(line);
    const auto& renewal = renewals[next_renewal_];
    const bool is_behind = cause == renewal.cause || cause.starts_with(renewal.cause + ";");  // a family may follow
    return is_behind ? &renewal : nullptr;
}

void MembershipHistory::enter(Person& person, Timestamp at) {
    has_begun_ = true;
    ++facts_.members;
    person.is_member = true;
    person.since = at;
    if (at < question_.from) return;
    ++facts_.entries;
    person.was_member = true;
    if (person.left_at && *person.left_at >= question_.from && at - *person.left_at <= flapping_soon) {
        ++facts_.returns_soon;
    }
    if (person.entries.size() == flapping_entries) {
        if (at - person.entries.front() <= flapping_period) person.is_flapping = true;
        person.entries.erase(person.entries.begin());
    }
    person.entries.push_back(at);
}

void MembershipHistory::leave(Person& person, Timestamp at, bool by_renewal) {
    --facts_.members;
    person.is_member = false;
    person.left_at = at;
    if (at < question_.from) return;
    ++facts_.exits;
    person.was_member = true;
    if (person.since < question_.from) return;
    facts_.spells.push_back({days_between(person.since, at), true});
    facts_.spells_ended_by_renewals += by_renewal ? 1 : 0;
}

Refresh MembershipHistory::close(const Comparison& comparison, Timestamp at, std::string cause) const {
    Refresh refresh{
        comparison.since,         at, std::move(cause), comparison.before, facts_.members, comparison.before, {}, {},
        family_counts(comparison)};
    for (const auto& [index, place] : comparison.places) {
        const auto before = place.state;
        const auto after = place_of(people_[index]).state;
        if (before == own && after != own) {
            --refresh.stay;
            ++refresh.went_to[names_[after]];
        }
        if (before != own && after == own) ++refresh.came_from[names_[before]];
    }
    return refresh;
}

std::vector<experiments::SharedCount> MembershipHistory::family_counts(const Comparison& comparison) const {
    if (question_.family.empty()) return {};
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> counts;
    for (const auto& [segment, size] : comparison.family) counts[{segment, segment}] = size;
    for (const auto& [index, place] : comparison.places) {
        --counts[{place.in_family, place.in_family}];
        ++counts[{place.in_family, place_of(people_[index]).in_family}];
    }
    counts.erase({none, none});
    std::vector<experiments::SharedCount> rows;
    for (const auto& [pair, units] : counts) rows.push_back({pair.first, pair.second, units});
    return rows;
}

}  // namespace segmentd::daemon
