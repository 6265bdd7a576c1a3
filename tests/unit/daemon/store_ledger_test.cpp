#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::int64_t a_day = 86'400'000'000;

LedgerEntry line(LedgerKind kind, std::int64_t at, const char* name, const char* customer) {
    return {.sequence = 1,
            .kind = kind,
            .at = from_microseconds(at),
            .name = name,
            .customer = CustomerId(customer),
            .details = R"({"cause":"time"})"};
}

std::vector<LedgerEntry> read_all(Store& store, const LedgerQuery& query, const char* customer = "") {
    std::vector<LedgerEntry> lines;
    REQUIRE(store.read_ledger(query, CustomerId(customer), [&](const LedgerEntry& found) -> Result<void> {
        lines.push_back(found);
        return {};
    }));
    return lines;
}

std::string first_customer() {
    for (const auto& record : three_records()) {
        if (!record.customer.empty()) return record.customer.text;
    }
    return {};
}

TEST_CASE("lines of the ledger are committed with their records and read as they were written") {
    const StoreFolder folder;
    const auto customer = first_customer();
    const std::vector lines{line(LedgerKind::entered, 5, "loyal", customer.c_str()),
                            line(LedgerKind::event, 6, "crm", "")};
    {
        Store store = open_writer(folder);
        REQUIRE(store.commit(three_records(), {}, lines));
    }

    Store store = std::move(Store::open(folder.store(), Store::Mode::reader)).value();
    REQUIRE(store.read_journal(1, [](const Record&) -> Result<void> { return {}; }));

    CHECK(read_all(store, {}) == lines);
    CHECK(read_all(store, {}, customer.c_str()) == std::vector{lines[0]});
    CHECK(read_all(store, {}, "nobody").empty());
    CHECK(store.has_whole_ledger());
}

TEST_CASE("a query chooses by kind, name and time, and gives the newest first where asked") {
    const StoreFolder folder;
    const auto customer = first_customer();
    Store store = open_writer(folder);
    const std::vector lines{line(LedgerKind::entered, 5, "loyal", customer.c_str()),
                            line(LedgerKind::left, 7, "loyal", customer.c_str()),
                            line(LedgerKind::entered, 7, "lapsed", customer.c_str())};
    REQUIRE(store.commit(three_records(), {}, lines));

    LedgerQuery entered;
    entered.kinds = {LedgerKind::entered};
    LedgerQuery loyal;
    loyal.name = "loyal";
    loyal.newest_first = true;
    loyal.limit = 1;
    LedgerQuery early;
    early.from = from_microseconds(5);
    early.until = from_microseconds(7);

    CHECK(read_all(store, entered) == std::vector{lines[0], lines[2]});
    CHECK(read_all(store, loyal) == std::vector{lines[1]});
    CHECK(read_all(store, early) == std::vector{lines[0]});
}

TEST_CASE("the ledger counts who came and went on each day, and who moved from where to where") {
    const StoreFolder folder;
    const auto customer = first_customer();
    Store store = open_writer(folder);
    REQUIRE(store.commit(three_records(), {},
                         std::vector{line(LedgerKind::entered, 5, "promising", customer.c_str()),
                                     line(LedgerKind::left, a_day + 1, "promising", customer.c_str()),
                                     line(LedgerKind::entered, a_day + 1, "loyal", customer.c_str())}));

    const auto flows = store.segment_flows(beginning_of_time, never).value();
    const auto moves = store.migrations(beginning_of_time, never).value();

    REQUIRE(flows.size() == 3);
    CHECK((flows[0].day == 0 && flows[0].segment == "promising" && flows[0].entered == 1 && flows[0].left == 0));
    CHECK((flows[1].day == 1 && flows[1].segment == "loyal" && flows[1].entered == 1));
    CHECK((flows[2].day == 1 && flows[2].segment == "promising" && flows[2].left == 1));
    REQUIRE(moves.size() == 1);
    CHECK((moves[0].from == "promising" && moves[0].to == "loyal" && moves[0].customers == 1));
}

TEST_CASE("a line about a customer without a record is refused, and nothing of its commit stays") {
    const StoreFolder folder;
    Store store = open_writer(folder);

    const auto done = store.commit(three_records(), {}, std::vector{line(LedgerKind::entered, 5, "loyal", "nobody")});

    CHECK(done.error().code == ErrorCode::conflict);
    CHECK(store.record_count() == 0);
    CHECK(read_all(store, {}).empty());
}

TEST_CASE("a store that is older than the ledger gets it from a rebuild") {
    const StoreFolder folder;
    const auto customer = first_customer();
    {
        Store store = open_writer(folder);
        REQUIRE(
            store.commit(three_records(), {}, std::vector{line(LedgerKind::entered, 5, "loyal", customer.c_str())}));
    }
    folder.tamper("DROP TABLE ledger; DELETE FROM meta WHERE key = 'ledger_hash'");

    Store store = std::move(Store::open(folder.store(), Store::Mode::writer)).value();
    REQUIRE(store.read_journal(1, [](const Record&) -> Result<void> { return {}; }));
    CHECK_FALSE(store.has_whole_ledger());
    const std::vector lines{line(LedgerKind::entered, 5, "loyal", customer.c_str()),
                            line(LedgerKind::left, 9, "loyal", customer.c_str())};
    REQUIRE(store.rebuild_ledger(std::span(lines).first(1), true, false));
    REQUIRE(store.rebuild_ledger(std::span(lines).last(1), false, true));

    CHECK(store.has_whole_ledger());
    CHECK(read_all(store, {}) == lines);
}

TEST_CASE("a line that is changed, taken away or added behind the daemon's back is found") {
    const auto customer = first_customer();
    const std::vector lines{line(LedgerKind::entered, 5, "loyal", customer.c_str()),
                            line(LedgerKind::left, 9, "loyal", customer.c_str())};
    for (const char* change : {"UPDATE ledger SET at = 8 WHERE position = 2", "UPDATE ledger SET name = 'lapsed'",
                               "DELETE FROM ledger WHERE position = 2", "DELETE FROM ledger", "DROP TABLE ledger",
                               "INSERT INTO ledger SELECT 3, sequence, kind, at, name, subject, details FROM ledger "
                               "WHERE position = 2"}) {
        INFO(change);
        const StoreFolder folder;
        {
            Store store = open_writer(folder);
            REQUIRE(store.commit(three_records(), {}, lines));
            REQUIRE(store.check_ledger());
        }
        folder.tamper(change);

        Store store = open_writer(folder);
        const auto checked = store.check_ledger();

        REQUIRE_FALSE(checked);
        CHECK(checked.error().code == ErrorCode::corrupt);
        CHECK(checked.error().where.file == folder.store() / "segmentd.db");
    }
}

TEST_CASE("the running hash follows what was committed and nothing else") {
    const StoreFolder folder;
    const auto customer = first_customer();
    {
        Store store = open_writer(folder);
        REQUIRE(
            store.commit(three_records(), {}, std::vector{line(LedgerKind::entered, 5, "loyal", customer.c_str())}));
        CHECK_FALSE(store.commit(std::vector{tick(4)}, {},
                                 std::vector{line(LedgerKind::entered, 6, "loyal", customer.c_str()),
                                             line(LedgerKind::entered, 6, "loyal", "nobody")}));
        REQUIRE(
            store.commit(std::vector{tick(4)}, {}, std::vector{line(LedgerKind::left, 7, "loyal", customer.c_str())}));
        CHECK(store.check_ledger());
    }

    CHECK(open_writer(folder).check_ledger());
}

TEST_CASE("a damaged line is named") {
    const StoreFolder folder;
    const auto customer = first_customer();
    Store store = open_writer(folder);
    REQUIRE(store.commit(three_records(), {},
                         std::vector{line(LedgerKind::entered, 5, "loyal", customer.c_str()),
                                     line(LedgerKind::left, 6, "loyal", customer.c_str())}));

    folder.tamper("UPDATE ledger SET details = (SELECT details FROM ledger WHERE position = 1) WHERE position = 2");

    const auto read = store.read_ledger({}, {}, [](const LedgerEntry&) -> Result<void> { return {}; });
    CHECK(read.error().message == "line 2 of the ledger is damaged");
}

}  // namespace
}  // namespace segmentd::daemon
