// The purchase days of one customer, as models of repeat buying see them: all purchases of one
// UTC day are one transaction whose amount is their sum. Late purchases may come in any order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/exact_units.hpp"
#include "base/short_list.hpp"
#include "rules/scoring/bg_nbd.hpp"

namespace segmentd::rules {

struct PurchaseSummary {
    PurchaseHistory history;       // frequency, recency and age, in time units
    double mean_repeat_spend = 0;  // of a repeat day, in major units; 0 without repeats
};

// How a model measures: the length of its time unit, the exact units of a purchase that make 1.0,
// and to how many decimals times and mean spends are rounded (not at all where nothing is said).
struct PurchaseScale {
    double days_per_unit = 7.0;
    std::int64_t units_per_major = 100;
    std::optional<int> time_decimals;
    std::optional<int> spend_decimals;
};

class PurchaseDays {
  public:
    // Adds a purchase of `amount` (minor units, or units of 2^-20 where it is not money).
    void add(std::int64_t day, WideSum amount);

    // The summary at the end of a day; nothing where no purchase had happened by then.
    std::optional<PurchaseSummary> summarise(std::int64_t day, const PurchaseScale& scale) const;

    // Purchase days after the first day and up to and including the last one.
    std::int64_t count_between(std::int64_t after, std::int64_t last) const;

    void fetch() const { days_.fetch(); }  // for who reads them soon

    std::int64_t last_day() const { return days_.empty() ? 0 : days_[days_.size() - 1].day; }
    void append_canonical(std::string& bytes) const;

  private:
    // The sum in two halves: 24 bytes a day.
    struct PurchaseDay {
        PurchaseDay(std::int64_t on, WideSum sum) : day(on) { set_amount(sum); }
        WideSum amount() const { return WideSum{high} << 64 | low; }
        void set_amount(WideSum sum) {
            high = static_cast<std::int64_t>(sum >> 64);
            low = static_cast<std::uint64_t>(sum);
        }

        std::int64_t day;
        std::int64_t high = 0;
        std::uint64_t low = 0;
    };
    ShortList<PurchaseDay> days_;  // ascending
};

}  // namespace segmentd::rules
