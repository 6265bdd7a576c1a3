#include "daemon/commands/ledger_check.hpp"

#include <catch2/catch.hpp>

#include "daemon/engine/ledger/ledger.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

Effects entry_of(const Record& record, const std::string& segment_version) {
    Effects effects;
    effects.changes.push_back({.customer = record.customer,
                               .segment = SegmentId("loyal"),
                               .entered = true,
                               .at = record.engine_time,
                               .cause = "signal purchase",
                               .values = R"({"feature.orders":2})",
                               .version = "3f2a9c1b7d04",
                               .segment_version = segment_version});
    return effects;
}

// What a check says about a store whose one line has these details, where the fold gives this version.
Result<void> check_line(std::string details, const std::string& folded_version) {
    const StoreFolder folder;
    Store store = open_writer(folder);
    const auto records = three_records();
    auto lines = ledger_entries(records[0], entry_of(records[0], "b81e07c4a9d2"));
    if (!details.empty()) lines.at(0).details = std::move(details);
    REQUIRE(store.commit(records, {}, lines));
    LedgerCheck check;
    check.take(records[0], entry_of(records[0], folded_version));
    return check.compare(store);
}

}  // namespace

TEST_CASE("a line that the fold gives is sound, and one with another version of its segment is not") {
    CHECK(check_line({}, "b81e07c4a9d2").has_value());
    CHECK_FALSE(check_line({}, "000000000000").has_value());
}

TEST_CASE("a line that was written before segments had versions is sound where the rest of it is") {
    const std::string before = R"({"cause":"signal purchase","values":{"feature.orders":2},"version":"3f2a9c1b7d04"})";
    const std::string changed = R"({"cause":"signal purchase","values":{"feature.orders":3},"version":"3f2a9c1b7d04"})";

    CHECK(check_line(before, "b81e07c4a9d2").has_value());
    CHECK_FALSE(check_line(changed, "b81e07c4a9d2").has_value());
}

}  // namespace segmentd::daemon
