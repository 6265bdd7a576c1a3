#include <catch2/catch.hpp>

#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

const TokenRecord reports{"0123456789abcdef", "reports", "viewer", TokenAction::created, from_microseconds(1'000'000)};
const Timestamp early = from_microseconds(0);

Record record_of(std::uint64_t sequence, TokenRecord token) {
    Record record = tick(sequence);
    record.actor = "token:admin";
    record.received_at = from_microseconds(500);
    record.payload = std::move(token);
    return record;
}

TEST_CASE("a token is kept with its record, and found again after a restart") {
    const StoreFolder folder;
    {
        Store store = open_writer(folder);
        REQUIRE(store.expect_token(reports, sha256("secret"), early));
        CHECK(store.tokens()->empty());
        commit(store, {record_of(1, reports)});
    }

    Store store = std::move(Store::open(folder.store(), Store::Mode::reader)).value();

    const StoredToken expected{.id = "0123456789abcdef",
                               .name = "reports",
                               .role = "viewer",
                               .hash = sha256("secret"),
                               .created_by = "token:admin",
                               .created_at = from_microseconds(500),
                               .expires_at = from_microseconds(1'000'000)};
    CHECK(store.tokens().value() == std::vector{expected});
    CHECK(std::get<TokenRecord>(read_all(store).value().front().payload) == reports);
}

TEST_CASE("a commit that fails keeps neither the record nor the token, and the token may still come") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    REQUIRE(store.expect_token(reports, sha256("secret"), early));
    folder.tamper("CREATE TRIGGER refuse BEFORE INSERT ON tokens BEGIN SELECT RAISE(ABORT, 'no'); END");

    const std::vector<Record> records = {record_of(1, reports)};
    CHECK(!store.commit(records, {}));
    CHECK(store.record_count() == 0);
    folder.tamper("DROP TRIGGER refuse");
    commit(store, records);

    CHECK(store.tokens()->size() == 1);
}

TEST_CASE("a revocation counts from the first one") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    REQUIRE(store.expect_token(reports, sha256("secret"), early));
    auto revoked = reports;
    revoked.action = TokenAction::revoked;
    auto second = record_of(3, revoked);
    second.received_at = from_microseconds(900);

    commit(store, {record_of(1, reports), record_of(2, revoked), second});

    CHECK(store.tokens()->front().revoked_at == from_microseconds(500));
}

TEST_CASE("a name is taken while its token is expected or in force, and free again afterwards") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    auto other = reports;
    other.id = "fedcba9876543210";

    REQUIRE(store.expect_token(reports, sha256("a"), early));
    CHECK(store.expect_token(other, sha256("b"), early).error().code == ErrorCode::conflict);
    store.forget_token(reports.id);
    REQUIRE(store.expect_token(other, sha256("b"), early));
    commit(store, {record_of(1, other)});

    CHECK(store.expect_token(reports, sha256("a"), from_microseconds(999'999)).error().code == ErrorCode::conflict);
    CHECK(store.expect_token(reports, sha256("a"), from_microseconds(1'000'000)));
}

TEST_CASE("a row that is not what its records say is named when the journal is read") {
    for (const char* change :
         {"UPDATE tokens SET role = 'admin'", "UPDATE tokens SET expires_at = expires_at + 1",
          "UPDATE tokens SET revoked_at = NULL", "UPDATE tokens SET created_by = 'token:eve'", "DELETE FROM tokens",
          "INSERT INTO tokens SELECT 'ffffffffffffffff', hash, 'reports', 'admin', created_by, 1, 2, NULL FROM "
          "tokens"}) {
        INFO(change);
        const StoreFolder folder;
        auto revoked = reports;
        revoked.action = TokenAction::revoked;
        {
            Store store = open_writer(folder);
            REQUIRE(store.expect_token(reports, sha256("secret"), early));
            commit(store, {record_of(1, reports), record_of(2, revoked)});
        }
        folder.tamper(change);

        Store store = open_writer(folder);
        const auto read = read_all(store);

        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::corrupt);
        CHECK(read.error().message.find("the token 'reports'") != std::string::npos);
    }
}

TEST_CASE("a store of an earlier version gains its tokens when it is opened for writing") {
    const StoreFolder folder;
    open_writer(folder);
    folder.tamper("DROP TABLE tokens");

    CHECK(Store::open(folder.store(), Store::Mode::reader)->tokens()->empty());
    Store store = open_writer(folder);
    REQUIRE(read_all(store));
    REQUIRE(store.expect_token(reports, sha256("secret"), early));
    commit(store, {record_of(1, reports)});

    CHECK(store.tokens()->size() == 1);
}

}  // namespace
}  // namespace segmentd::daemon
