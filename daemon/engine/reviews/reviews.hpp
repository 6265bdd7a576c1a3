// Drift monitors and the reviews they open.
//
// A monitor looks at the customers who sent a live signal on a day (imported history is not
// watched) and asks at the day's end how many of them are in its segment. An alarm is a fact about
// many customers: it is proposed here, recorded by the caller, and opens a review when its record
// is applied. While a segment has an open review its monitor keeps still. A validation that found no
// measurable difference opens a review of its own kind, one a segment at a time.
#pragma once

#include <string>
#include <vector>

#include "base/records.hpp"
#include "daemon/engine/population/population.hpp"
#include "experiments/drift/share_monitor.hpp"

namespace segmentd::daemon {

enum class ReviewKind { drift, validation };

const char* to_word(ReviewKind kind);

struct Review {
    std::int64_t number = 0;  // 1, 2, 3 ...
    ReviewKind kind = ReviewKind::drift;
    SegmentId segment;
    PersonId steward;
    Timestamp opened_at{};
    Timestamp deadline{};
    AlarmRecord alarm;            // of drift
    ValidationRecord validation;  // of a validation
};

class Reviews {
  public:
    // Takes over the monitors; one whose reference and tolerance did not change keeps its evidence.
    void use(const rules::Rulebook& book);

    // A live signal of this customer came in.
    void saw(std::size_t index, Customer& customer, Timestamp at);

    // The end of the running day, or `never` where nobody was seen in it.
    Timestamp next_day_end() const { return day_end_; }

    // Closes the day: feeds the monitors and returns the alarms to be recorded.
    std::vector<AlarmRecord> end_day(const Population& population);

    // An alarm was recorded: opens its review.
    void open(const rules::Rulebook& book, const AlarmRecord& alarm, Timestamp at);

    // A validation found no measurable difference: opens a review, unless one of this kind is open.
    void open(const rules::Rulebook& book, const ValidationRecord& validation, Timestamp at);

    const std::vector<Review>& all() const { return reviews_; }
    const std::vector<AlarmRecord>& unrecorded() const { return unrecorded_; }

    struct Monitor {
        SegmentId segment;
        experiments::ShareMonitorSettings settings;
        experiments::ShareMonitorState state;
        bool waits = false;  // an alarm is out; a review decides
    };
    const std::vector<Monitor>& monitors() const { return monitors_; }

    void append_canonical(std::string& bytes) const;

  private:
    Review& open_review(const rules::Rulebook& book, const SegmentId& segment, Timestamp at);

    Duration review_within_ = std::chrono::days(14);
    std::vector<Monitor> monitors_;
    std::vector<std::size_t> seen_;  // customers seen in the running day
    Timestamp day_end_ = never;
    std::vector<AlarmRecord> unrecorded_;
    std::vector<Review> reviews_;
};

}  // namespace segmentd::daemon
