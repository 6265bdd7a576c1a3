#include "daemon/engine/accounts/accounts.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "daemon/engine/ledger/ledger.hpp"
#include "tests/unit/daemon/accounts_fixture.hpp"

namespace segmentd::tests {
namespace {

std::int64_t team_orders(const daemon::Engine& engine, std::string_view account) {
    const auto& population = engine.accounts().population();
    const auto index = population.find(CustomerId(account));
    if (!index) return 0;
    const auto row = daemon::row_with_memberships(population, *index, engine.engine_time());
    return row[population.book().layout.features].as_integer();
}

}  // namespace

TEST_CASE("orders of all customers of an account count together, and the account enters at the last of them") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(group("bob", at("2027-01-02"), "acme"));

    const auto first = lived.take(purchase("ada", at("2027-01-03")));
    const auto second = lived.take(purchase("bob", at("2027-01-04T10:00:00Z")));

    CHECK(account_changes_of(first).empty());
    CHECK(account_changes_of(second) == "acme+busy_teams@2027-01-04T10:00:00Z");
    CHECK(second.account_changes.front().cause == "signal purchase");
    CHECK(second.account_changes.front().values == R"({"feature.team_orders":2})");
    CHECK(changes_of(second) == "bob+buyers@2027-01-04T10:00:00Z");
}

TEST_CASE("an account leaves at the instant at which its window lapses, without a signal") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(purchase("ada", at("2027-01-03T08:00:00Z")));
    lived.take(purchase("ada", at("2027-01-05T09:00:00Z")));

    CHECK(lived.engine.next_due() == at("2027-02-02T08:00:00Z"));
    const auto effects = lived.take(tick(at("2027-02-03")));

    CHECK(account_changes_of(effects) == "acme-busy_teams@2027-02-02T08:00:00Z");
}

TEST_CASE("attributes of an account come by any of its customers, and those not named stay") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme", {{"plan", std::string("pro")}}));
    lived.take(group("bob", at("2027-01-02"), "acme", {{"seats_paid", std::int64_t{9}}}));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto effects = lived.take(purchase("ada", at("2027-01-04")));

    CHECK(account_changes_of(effects) ==
          "acme+busy_teams@2027-01-04T00:00:00Z acme+busy_pro_teams@2027-01-04T00:00:00Z");
}

TEST_CASE("a signal before the first tie counts for no account") {
    LivedEngine lived(teams(team_rules));
    lived.take(purchase("ada", at("2027-01-02")));
    lived.take(group("ada", at("2027-01-03"), "acme"));
    lived.take(late(purchase("ada", at("2027-01-04")), at("2027-01-02T12:00:00Z")));

    CHECK(team_orders(lived.engine, "acme") == 0);
}

TEST_CASE("a customer who moves counts for the new account from then on, late signals for the old one") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(purchase("ada", at("2027-01-03")));
    lived.take(group("ada", at("2027-01-04"), "globex"));
    lived.take(purchase("ada", at("2027-01-05")));
    lived.take(late(purchase("ada", at("2027-01-06")), at("2027-01-03T12:00:00Z")));

    CHECK(team_orders(lived.engine, "acme") == 2);
    CHECK(team_orders(lived.engine, "globex") == 1);
}

TEST_CASE("what was counted is not moved by a tie that is told late") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(purchase("ada", at("2027-01-04")));
    lived.take(late(group("ada", at("2027-01-05"), "globex"), at("2027-01-03")));
    lived.take(late(purchase("ada", at("2027-01-06")), at("2027-01-03T12:00:00Z")));

    CHECK(team_orders(lived.engine, "acme") == 1);
    CHECK(team_orders(lived.engine, "globex") == 1);
}

TEST_CASE("an account that is called like a customer is another one") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "bob"));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto effects = lived.take(purchase("ada", at("2027-01-04")));

    CHECK(account_changes_of(effects) == "bob+busy_teams@2027-01-04T00:00:00Z");
    CHECK(effects.changes.empty());
    CHECK_FALSE(lived.engine.population().find(CustomerId("bob")).has_value());
    CHECK(lived.engine.population().size() == 1);
}

TEST_CASE("the ledger tells of an account under kinds of its own and about no customer") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(purchase("ada", at("2027-01-03")));
    const auto effects = lived.take(purchase("ada", at("2027-01-04")));

    const auto lines = daemon::ledger_entries(lived.journal.back(), effects);

    REQUIRE(lines.size() == 1);
    CHECK(lines[0].kind == LedgerKind::account_entered);
    CHECK(lines[0].name == "busy_teams");
    CHECK(lines[0].customer.empty());
    CHECK(boost::json::parse(lines[0].details).at("account") == "acme");
    CHECK(boost::json::parse(lines[0].details).at("values").at("feature.team_orders") == 2);
}

TEST_CASE("endpoints that want it are told of accounts, about no customer, and not of imported history") {
    LivedEngine lived(teams(std::string(team_rules) + R"(---
endpoint: crm
owner: dana
mode: live
events: [account.entered, account.left]
body: {team: event.data.account, orders: 'event.data.values["feature.team_orders"]'}
)"));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(group("bob", at("2027-01-02"), "globex"));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto entered = lived.take(purchase("ada", at("2027-01-04"))).events;
    lived.take(historical(purchase("bob", at("2027-01-04"))));
    const auto imported = lived.take(historical(purchase("bob", at("2027-01-05")))).events;
    const auto left = lived.take(tick(at("2027-02-02"))).events;

    REQUIRE(entered.size() == 1);
    CHECK(entered[0].event.type == "account.entered");
    CHECK(entered[0].event.customer.empty());
    CHECK(member_of(entered[0].event, "account") == "acme");
    CHECK(member_of(entered[0].event, "segment") == "busy_teams");
    CHECK(entered[0].fate == daemon::TouchFate::send);
    CHECK(imported.empty());
    REQUIRE(left.size() == 1);
    CHECK(left[0].event.type == "account.left");
    CHECK(left[0].event.at == at("2027-02-02"));
}

TEST_CASE("accounts leave a segment that the new definitions do not have, or have of customers") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(purchase("ada", at("2027-01-03")));
    lived.take(purchase("ada", at("2027-01-04")));

    const auto effects = lived.take(definitions(
        at("2027-01-05"), teams("segment: busy_teams\nsteward: dana\nenter: profile.plan == 'pro'\n"), "v2"));

    CHECK(account_changes_of(effects) == "acme-busy_teams@2027-01-05T00:00:00Z");
    CHECK(effects.account_changes.front().cause == "definitions v2");
    CHECK(changes_of(effects) == "ada-buyers@2027-01-05T00:00:00Z");
}

TEST_CASE("a signal that no segment of accounts reads decides nothing about its account") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    const auto before = lived.engine.accounts().work().segments;

    lived.take(visit("ada", at("2027-01-03")));
    const auto after_a_visit = lived.engine.accounts().work().segments;
    lived.take(purchase("ada", at("2027-01-04")));

    CHECK(after_a_visit == before);
    CHECK(lived.engine.accounts().work().segments == before + 2);
}

TEST_CASE("a segment of accounts alone changes without a look into the past") {
    LivedEngine lived(teams(team_rules));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(purchase("ada", at("2027-01-03")));
    std::string wider(team_rules);
    wider.replace(wider.find("team_orders >= 2"), 16, "team_orders >= 1");
    lived.past_is_unavailable = true;

    const auto effects = lived.take(definitions(at("2027-01-05"), teams(wider), "v2"));

    CHECK(account_changes_of(effects) == "acme+busy_teams@2027-01-05T00:00:00Z");
    CHECK(changes_of(effects).empty());
}

TEST_CASE("ties are told apart by the state hash, and a journal without accounts has none in it") {
    LivedEngine plain(shop(""));
    LivedEngine tied(shop(""));
    LivedEngine moved(shop(""));
    for (auto* lived : {&plain, &tied, &moved}) lived->take(visit("ada", at("2027-01-02")));
    std::string nothing;
    daemon::Accounts().append_canonical(nothing);

    tied.take(group("ada", at("2027-01-03"), "acme"));
    moved.take(group("ada", at("2027-01-03"), "globex"));

    CHECK(nothing.empty());
    CHECK(tied.state_hash() != moved.state_hash());
}

// Ties as a plain list, and every counted order kept.
struct Counted {
    std::vector<std::pair<std::string, Timestamp>> orders;  // account, instant
    std::map<std::string, std::map<Timestamp, std::string>> ties;

    void tie(const std::string& customer, Timestamp since, const std::string& account) {
        auto& own = ties[customer];
        const auto after = own.upper_bound(since);
        const bool is_at = after != own.begin() && std::prev(after)->first == since;
        if (!is_at && after != own.begin() && std::prev(after)->second == account) return;
        own[since] = account;
        for (auto tie = own.begin(); tie != own.end();) {
            const bool repeats = tie != own.begin() && std::prev(tie)->second == tie->second;
            tie = repeats ? own.erase(tie) : std::next(tie);
        }
    }

    void order(const std::string& customer, Timestamp at) {
        const auto& own = ties[customer];
        const auto after = own.upper_bound(at);
        if (after != own.begin()) orders.emplace_back(std::prev(after)->second, at);
    }

    std::int64_t in_window(const std::string& account, Timestamp now) const {
        return std::ranges::count_if(orders, [&](const auto& order) {
            return order.first == account && order.second > now - Days(30) && order.second <= now;
        });
    }
};

TEST_CASE("accounts count as a plain list of ties and orders does, and new definitions find the same") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Random random(seed, "accounts");
        const auto below = [&](std::uint64_t limit) { return static_cast<std::int64_t>(random.below(limit)); };
        LivedEngine lived(teams(team_rules));
        LivedEngine learns_late(teams(""));
        Counted counted;
        Timestamp now = at("2027-01-02");
        for (int step = 0; step < 120; ++step) {
            now += std::chrono::hours(below(40));
            const auto occurred_at = now - std::chrono::hours(below(4) == 0 ? below(200) : 0);
            const auto customer = "c" + std::to_string(below(4));
            const auto account = "a" + std::to_string(below(3));
            const bool is_tie = below(4) == 0;
            const auto record = late(is_tie ? group(customer, now, account) : purchase(customer, now), occurred_at);
            lived.take(record);
            learns_late.take(record);
            is_tie ? counted.tie(customer, occurred_at, account) : counted.order(customer, occurred_at);
            for (const auto* name : {"a0", "a1", "a2"}) {
                INFO("seed " << seed << " step " << step << " account " << name);
                REQUIRE(team_orders(lived.engine, name) == counted.in_window(name, now));
            }
        }
        learns_late.take(definitions(now, teams(team_rules), "v2"));
        for (const auto* name : {"a0", "a1", "a2"}) {
            CHECK(team_orders(learns_late.engine, name) == counted.in_window(name, now));
        }
    }
}

}  // namespace segmentd::tests
