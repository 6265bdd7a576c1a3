#include "tests/unit/daemon/host_fixture.hpp"

namespace segmentd::tests {

TEST_CASE("a new host puts the workspace in force and ties its clock") {
    const daemon::TemporaryFolder folder;
    Running running(folder);

    CHECK(running.records() == 2);
    CHECK(running.ask([](daemon::Engine& engine) { return engine.clock_is_tied(); }));
    CHECK(to_date_text(running.host->engine_now()) == "1998-07-01");
    CHECK(running.host->book()->definitions.workspace.name == "shop");
}

TEST_CASE("an intake is acknowledged with what was accepted once it is durable") {
    const daemon::TemporaryFolder folder;
    Running running(folder);

    const auto outcome = running.take({order_of("ada"), order_of("bob")});

    CHECK(outcome.accepted == 2);
    CHECK(outcome.duplicates == 0);
    CHECK_FALSE(outcome.error.has_value());
    CHECK(running.host->commits().status().head.size == 4);
}

TEST_CASE("a message that came before is a duplicate, within one intake too") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    running.take({order_of("ada", "m1")});

    const auto outcome = running.take({order_of("ada", "m1"), order_of("ada", "m2"), order_of("ada", "m2")});

    CHECK(outcome.accepted == 1);
    CHECK(outcome.duplicates == 2);
    CHECK(running.records() == 4);
}

TEST_CASE("an intake of duplicates alone and one of rejects alone are acknowledged") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    running.take({order_of("ada", "m1")});

    const auto duplicates = running.take({order_of("ada", "m1")});
    const auto rejects = running.take({}, {{at("2020-01-01"), "tracking", "no_customer", "nobody", "{}"}});

    CHECK(duplicates.duplicates == 1);
    CHECK(rejects.accepted == 0);
    CHECK(running.host->commits().status().reject_counts == std::map<std::string, std::uint64_t>{{"no_customer", 1}});
}

TEST_CASE("a host that is opened again has the same state") {
    const daemon::TemporaryFolder folder;
    std::string before;
    {
        Running running(folder);
        for (int i = 0; i < 50; ++i) running.take({order_of("customer " + std::to_string(i % 7))});
        before = running.state_hash();
    }

    Running again(folder);

    CHECK(again.records() == 52);
    CHECK(again.state_hash() == before);
}

TEST_CASE("a message stays known after a restart") {
    const daemon::TemporaryFolder folder;
    {
        Running(folder).take({order_of("ada", "m1")});
    }

    Running again(folder);

    CHECK(again.take({order_of("ada", "m1")}).duplicates == 1);
}

TEST_CASE("definitions that do not compile are refused and the running ones stay") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    const auto version = running.host->book()->definitions.version;

    const auto refused = running.reload(own_clock_shop("segment: broken\nsteward: dana\nenter: feature.x > 1\n"));

    CHECK_FALSE(refused.has_value());
    CHECK(running.host->book()->definitions.version == version);
    CHECK(running.records() == 2);
}

TEST_CASE("new definitions take the past signals in and are in force at one position") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    running.take({order_of("ada"), order_of("ada")});

    const auto version =
        running.reload(own_clock_shop("feature: n\nsignal: purchase\ncompute: count\n---\n"
                                      "segment: twice\nsteward: dana\nenter: feature.n == 2\n"));

    REQUIRE(version.has_value());
    CHECK(running.records() == 5);
    CHECK(running.host->book()->definitions.version == *version);
    CHECK(running.ask([](daemon::Engine& engine) { return engine.population().at(0).memberships.has(0); }));
}

TEST_CASE("definitions of a workspace with another name are refused and the running ones stay") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    auto other = own_clock_shop();
    auto& settings = other["workspace.yaml"];
    settings.replace(settings.find("workspace: shop"), 15, "workspace: bank");

    const auto refused = running.reload(other);

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(refused.error().message == "this store belongs to the workspace 'shop', the folder holds 'bank'");
}

TEST_CASE("the same definitions again are no record") {
    const daemon::TemporaryFolder folder;
    Running running(folder);

    REQUIRE(running.reload(own_clock_shop()).has_value());

    CHECK(running.records() == 2);
}

TEST_CASE("an intake beyond the queue's limit is not taken, unless it says what became of an event") {
    const daemon::TemporaryFolder folder;
    HostSettings settings;
    settings.most_waiting = 2;
    Running running(folder, settings);

    const bool is_taken = running.host->offer({{order_of("a"), order_of("b"), order_of("c")}, {}, {}});

    CHECK_FALSE(is_taken);
    daemon::Intake outcomes{{order_of("a"), order_of("b"), order_of("c")}, {}, {}};
    outcomes.is_our_own = true;
    CHECK(running.outcome_of(std::move(outcomes)).accepted == 3);
}

TEST_CASE("a stopped host takes nothing in and answers no question") {
    const daemon::TemporaryFolder folder;
    Running running(folder);

    running.host->stop();

    CHECK_FALSE(running.host->offer({{order_of("ada")}, {}, {}}));
    CHECK_FALSE(running.host->ask([](daemon::Engine&) {}));
}

TEST_CASE("what was accepted before a stop is in the journal") {
    const daemon::TemporaryFolder folder;
    {
        Running running(folder);
        for (int i = 0; i < 20; ++i) REQUIRE(running.host->offer({{order_of("ada")}, {}, {}}));
        running.host->stop();
    }

    Running again(folder);

    CHECK(again.records() == 22);
}

TEST_CASE("records found on the engine thread see all that was offered before them") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    REQUIRE(running.host->offer({{order_of("ada")}, {}, {}}));
    daemon::Intake intake;
    intake.find = [](const daemon::Engine& engine) -> Result<std::vector<Record>> {
        std::size_t orders = 0;
        const auto read = engine.past()(engine.records() + 1, [&](const Record& record) {
            if (!record.customer.empty()) ++orders;
        });
        if (!read) return fail(read.error());
        return std::vector<Record>(orders, order_of("bob"));
    };

    CHECK(running.outcome_of(std::move(intake)).accepted == 1);
}

TEST_CASE("records that cannot be found change nothing") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    const auto before = running.records();
    daemon::Intake intake;
    intake.find = [](const daemon::Engine&) -> Result<std::vector<Record>> {
        return fail(ErrorCode::invalid, "there is nothing to find");
    };

    const auto outcome = running.outcome_of(std::move(intake));

    CHECK(outcome.error.value().message == "there is nothing to find");
    CHECK(running.records() == before);
}

}  // namespace segmentd::tests
