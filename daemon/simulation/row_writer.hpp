// The rows of one team on their way to the file: most in time, some late, some broken.
//
// Lateness and breakage are drawn from a stream of their own, so they never change a life.
#pragma once

#include <string>
#include <vector>

#include "base/random.hpp"
#include "daemon/simulation/market.hpp"

namespace segmentd::daemon {

struct Row {
    Timestamp arrives_at{};
    std::string line;       // a JSON object and the end of the line
    std::size_t order = 0;  // of rows that arrive at the same instant: as they were written
};

struct Chronicle {
    std::vector<Row> rows;
    MarketTruth truth;
};

class RowWriter {
  public:
    RowWriter(const MarketModel& model, const MarketSettings& settings, const std::string& customer,
              Chronicle& chronicle);

    // `details` is the rest of the row's JSON object. Rows of the end or later are left out.
    void write(Timestamp at, const char* event, const std::string& details);

    // The same, but sometimes the row arrives later than it happened.
    void write_from_phone(Timestamp at, const char* event, const std::string& details);

    // Sometimes a row that the contract refuses.
    void maybe_break(Timestamp at);

  private:
    std::string line(const std::string& customer, const std::string& at, const char* event,
                     const std::string& details) const;

    const MarketModel& model_;
    const Timestamp ends_at_;
    const std::string& customer_;
    Chronicle& chronicle_;
    Random noise_;
};

}  // namespace segmentd::daemon
