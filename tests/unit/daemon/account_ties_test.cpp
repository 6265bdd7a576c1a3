#include "daemon/engine/population/account_ties.hpp"

#include <catch2/catch.hpp>

namespace segmentd::tests {
namespace {

Timestamp day(int number) {
    return from_microseconds(0) + Days(number);
}

std::string account_on(const daemon::AccountTies& ties, int number) {
    const auto* account = ties.at(day(number));
    return account == nullptr ? "none" : *account;
}

}  // namespace

TEST_CASE("a tie holds from its instant until the next one") {
    daemon::AccountTies ties;
    ties.add(day(2), "acme");
    ties.add(day(5), "globex");

    CHECK(account_on(ties, 1) == "none");
    CHECK(account_on(ties, 2) == "acme");
    CHECK(account_on(ties, 4) == "acme");
    CHECK(account_on(ties, 5) == "globex");
}

TEST_CASE("a tie that is told late holds until the next one") {
    daemon::AccountTies ties;
    ties.add(day(5), "globex");
    ties.add(day(2), "acme");

    CHECK(account_on(ties, 4) == "acme");
    CHECK(account_on(ties, 5) == "globex");
}

TEST_CASE("of two ties at one instant the one told later counts") {
    daemon::AccountTies ties;
    ties.add(day(2), "acme");
    ties.add(day(2), "globex");

    CHECK(account_on(ties, 2) == "globex");
    CHECK(ties.list().size() == 1);
}

TEST_CASE("a tie that changes nothing is not kept") {
    daemon::AccountTies ties;
    ties.add(day(2), "acme");
    ties.add(day(3), "acme");
    ties.add(day(1), "acme");

    CHECK(ties.list().size() == 1);
    CHECK(account_on(ties, 1) == "acme");
}

TEST_CASE("a tie that makes its neighbours one leaves one") {
    daemon::AccountTies ties;
    ties.add(day(1), "acme");
    ties.add(day(2), "globex");
    ties.add(day(3), "acme");
    ties.add(day(2), "acme");

    CHECK(ties.list().size() == 1);
    CHECK(account_on(ties, 9) == "acme");
}

TEST_CASE("the newest hundred ties are kept") {
    daemon::AccountTies ties;
    for (int i = 1; i <= 102; ++i) ties.add(day(i), i % 2 == 0 ? "acme" : "globex");

    CHECK(ties.list().size() == 100);
    CHECK(account_on(ties, 2) == "none");
    CHECK(account_on(ties, 3) == "globex");
    CHECK(account_on(ties, 102) == "acme");
}

}  // namespace segmentd::tests
