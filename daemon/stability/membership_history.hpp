// What the ledger tells about the members of one segment, read once from its first line to its last.
//
// A refresh is an instant at which the members before are held against the members after. There are two kinds:
// - every `spacing`, at the end of a local day of the workspace: with seven days at the end of each Sunday. It compares
//   with the end of the period before, whatever happened in between. Only whole periods count, from the one in
//   which the segment had its first member.
// - each time definitions were applied or a model was fitted that moved members or that the segment stands on. It
//   compares the moment right before with the moment right after, and lies within the period of the first kind.
//
// A customer is in one state at a time: in the segment; or else in the segment that they entered last of those they are
// in; or in none. So a member of several segments counts once, and rows of transitions add up.
//
// Memory is for customers who were ever in some segment, not for lines. Nothing here is about one thread or another.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ledger.hpp"
#include "base/zone.hpp"
#include "experiments/analysis/adjusted_rand.hpp"
#include "experiments/analysis/kaplan_meier.hpp"

namespace segmentd::daemon {

// Definitions that were applied, or a model that was fitted.
struct Renewal {
    std::uint64_t sequence = 0;  // of its record
    Timestamp at{};
    std::string cause;     // as lines of the ledger name it: "definitions 4b473ca1780c", "model churn v2"
    bool is_about = true;  // it changes the segment's own definition, or a model that it stands on
};

struct HistoryQuestion {
    SegmentId segment;
    Timestamp from = beginning_of_time;  // included; earlier lines only say who is in
    Timestamp until{};                   // included
    std::int64_t spacing_days = 7;
    Zone calendar;
    std::vector<Renewal> renewals;  // by sequence
    std::set<std::string> family;   // the segment among them; empty where it is in none
};

struct Refresh {
    Timestamp since{};  // of the members before; the same as `at` where it is a renewal
    Timestamp at{};
    std::string cause;  // empty: the calendar
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::int64_t stay = 0;
    std::map<std::string, std::int64_t> went_to;    // those who left; the empty name is none
    std::map<std::string, std::int64_t> came_from;  // those who entered
    std::vector<experiments::SharedCount> family;   // its segments before and after, 0 none; without (0, 0)
};

// A flapping customer enters more than `entries` times within `period`; who enters again within `soon` of leaving
// came back.
inline constexpr std::size_t flapping_entries = 2;
inline constexpr Duration flapping_period = Days(90);
inline constexpr Duration flapping_soon = Days(7);

struct MembershipFacts {
    std::vector<Refresh> refreshes;             // by time; a renewal before the period that it lies in
    std::vector<experiments::Lifetime> spells;  // in days; those that began before `from` are left out
    std::int64_t spells_ended_by_renewals = 0;  // among them
    std::int64_t members = 0;                   // at `until`
    std::int64_t members_ever = 0;              // customers who were in between `from` and `until`
    std::int64_t entries = 0;
    std::int64_t exits = 0;
    std::int64_t flapping_customers = 0;
    std::int64_t returns_soon = 0;
};

class MembershipHistory {
  public:
    explicit MembershipHistory(HistoryQuestion question);

    // The next line about entering or leaving any segment, in the order of the ledger.
    void take(const LedgerEntry& line);

    // After the last line.
    MembershipFacts finish();

  private:
    struct Person {
        std::vector<std::uint32_t> others;  // segments they are in, the one entered last at the end
        bool is_member = false;
        bool was_member = false;  // between `from` and `until`
        bool is_flapping = false;
        Timestamp since{};
        std::optional<Timestamp> left_at;
        std::vector<Timestamp> entries;  // the last few
    };

    struct Place {
        std::uint32_t state = 0;
        std::uint32_t in_family = 0;
    };

    // Who was where when it began, of those who moved since.
    struct Comparison {
        Timestamp since{};
        std::int64_t before = 0;
        std::map<std::uint32_t, std::int64_t> family;  // sizes
        std::unordered_map<std::uint32_t, Place> places;
    };

    Comparison compare_from(Timestamp since) const;
    Place place_of(const Person& person) const;
    std::vector<experiments::SharedCount> family_counts(const Comparison& comparison) const;
    std::uint32_t name_of(const std::string& segment);
    Person& person_of(const CustomerId& customer, std::uint32_t& index);
    Timestamp period_end(std::int64_t period) const;
    std::int64_t period_at(Timestamp instant) const;
    void begin_periods(Timestamp next_line);
    void close_periods(Timestamp before);
    void close_renewals(std::uint64_t before_sequence);
    const Renewal* renewal_behind(const LedgerEntry& line);
    void move(Person& person, std::uint32_t segment, const LedgerEntry& line, bool by_renewal);
    void enter(Person& person, Timestamp at);
    void leave(Person& person, Timestamp at, bool by_renewal);
    Refresh close(const Comparison& comparison, Timestamp at, std::string cause) const;

    HistoryQuestion question_;
    MembershipFacts facts_;
    std::vector<std::string> names_;  // of states: 0 is none, 1 the segment
    std::map<std::string, std::uint32_t> name_index_;
    std::unordered_map<CustomerId, std::uint32_t> person_index_;
    std::vector<Person> people_;
    std::map<std::uint32_t, std::int64_t> family_;  // sizes now, by state
    std::int64_t period_ = 0;                       // the one whose end comes next
    std::optional<Comparison> calendar_;
    std::optional<Comparison> renewal_;
    std::size_t next_renewal_ = 0;
    bool has_begun_ = false;  // the segment had a member
};

}  // namespace segmentd::daemon
