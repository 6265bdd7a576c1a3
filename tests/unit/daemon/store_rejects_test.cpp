#include <sys/types.h>

#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

Reject reject(const char* reason, const char* payload) {
    return {.received_at = from_microseconds(7),
            .source = "shop",
            .reason = reason,
            .detail = "line 3",
            .payload = payload};
}

TEST_CASE("rejects are committed with the records, counted by reason and read newest first") {
    const StoreFolder folder;
    {
        Store store = open_writer(folder);
        REQUIRE(store.commit(three_records(), std::vector{reject("unknown_signal", "{1}"), reject("too_late", "{2}")}));
        REQUIRE(store.commit({}, std::vector{reject("unknown_signal", "")}));
        CHECK(store.reject_counts() == std::map<std::string, std::uint64_t>{{"too_late", 1}, {"unknown_signal", 2}});
    }

    Store store = std::move(Store::open(folder.store(), Store::Mode::reader)).value();
    const auto newest = store.rejects(2).value();

    REQUIRE(newest.size() == 2);
    CHECK(newest[0].id == 3);
    CHECK(newest[0].reject == reject("unknown_signal", ""));
    CHECK(newest[1].id == 2);
    CHECK(newest[1].reject == reject("too_late", "{2}"));
    CHECK(store.reject_counts() == std::map<std::string, std::uint64_t>{{"too_late", 1}, {"unknown_signal", 2}});
}

TEST_CASE("a damaged reject is named") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    REQUIRE(store.commit({}, std::vector{reject("too_late", "{1}"), reject("too_late", "{2}")}));

    folder.tamper("UPDATE rejects SET payload = (SELECT payload FROM rejects WHERE id = 1) WHERE id = 2");

    CHECK(store.rejects(10).error().message == "reject 2 is damaged");
}

}  // namespace
}  // namespace segmentd::daemon
