// The host with a real store in a folder that vanishes. The workspace has a clock of its own, so
// that no test depends on the day on which it runs.
#include "daemon/host/host.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "tests/unit/daemon/engine_fixture.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace segmentd::tests {
namespace {

using daemon::Host;
using daemon::HostSettings;
using daemon::IntakeOutcome;

constexpr auto patience = std::chrono::seconds(20);

constexpr std::string_view thanks_rules = R"(
feature: orders
signal: purchase
compute: count
---
segment: buyers
steward: dana
playbook: thanks
enter: feature.orders >= 1
---
playbook: thanks
touches: [{touch: thank_you, purpose: care, endpoint: crm}]
---
endpoint: crm
owner: dana
mode: live
)";

Files own_clock_shop(std::string_view rules = thanks_rules) {
    auto files = shop(rules);
    files["workspace.yaml"] += "clock: {start: 1998-07-01}\n";
    return files;
}

struct Touched {
    std::string id;
    std::int64_t attempts = 0;
    Duration wait{};
};

// A host in a folder, with the touches that it handed out.
class Running {
  public:
    explicit Running(const daemon::TemporaryFolder& folder, HostSettings settings = {}) {
        settings.on_event = [this](const daemon::Outbox::Waiting& waiting) {
            const std::lock_guard lock(mutex_);
            touched_.push_back({waiting.event.id, waiting.attempts, waiting.wait});
        };
        settings.on_stop = [this](const EndpointId&, daemon::EndpointStop stop) {
            const std::lock_guard lock(mutex_);
            stops_.push_back(stop);
        };
        auto store = daemon::Store::open(folder.path() / "store", daemon::Store::Mode::writer);
        REQUIRE(store.has_value());
        auto opened = Host::open(std::move(*store), std::move(settings));
        INFO((opened ? std::string() : to_text(opened.error())));
        REQUIRE(opened.has_value());
        host = std::move(*opened);
        REQUIRE(host->start(own_clock_shop()).has_value());
    }

    IntakeOutcome take(std::vector<Record> records, std::vector<daemon::Reject> rejects = {}) {
        return outcome_of({std::move(records), std::move(rejects), {}});
    }

    IntakeOutcome outcome_of(daemon::Intake intake) {
        auto answer = std::make_shared<std::promise<IntakeOutcome>>();
        auto outcome = answer->get_future();
        intake.done = [answer](const IntakeOutcome& given) { answer->set_value(given); };
        REQUIRE(host->offer(std::move(intake)));
        REQUIRE(outcome.wait_for(patience) == std::future_status::ready);
        return outcome.get();
    }

    template <typename Question>
    auto ask(Question question) {
        using Answer = decltype(question(std::declval<daemon::Engine&>()));
        auto answer = std::make_shared<std::promise<Answer>>();
        auto future = answer->get_future();
        REQUIRE(host->ask([answer, question](daemon::Engine& engine) { answer->set_value(question(engine)); }));
        REQUIRE(future.wait_for(patience) == std::future_status::ready);
        return future.get();
    }

    std::string state_hash() {
        return ask([](daemon::Engine& engine) { return to_hex(engine.state_hash()); });
    }

    std::uint64_t records() {
        return ask([](daemon::Engine& engine) { return engine.records(); });
    }

    Result<std::string> reload(const Files& files) {
        auto answer = std::make_shared<std::promise<Result<std::string>>>();
        auto version = answer->get_future();
        REQUIRE(host->reload(files, [answer](Result<std::string> given) { answer->set_value(std::move(given)); }));
        REQUIRE(version.wait_for(patience) == std::future_status::ready);
        return version.get();
    }

    std::vector<Touched> touched() {
        const std::lock_guard lock(mutex_);
        return touched_;
    }
    std::vector<daemon::EndpointStop> stops() {
        const std::lock_guard lock(mutex_);
        return stops_;
    }

  private:
    std::mutex mutex_;
    std::vector<Touched> touched_;
    std::vector<daemon::EndpointStop> stops_;

  public:
    std::unique_ptr<Host> host;  // ends before what its threads use
};

// As a request brings it: without sequence and engine time.
Record incoming(Record record) {
    record.engine_time = Timestamp{};
    record.occurred_at = at("1998-07-01");
    return record;
}

Record order_of(std::string_view customer, std::string message_id = {}) {
    auto record = incoming(purchase(customer, at("1998-07-01")));
    record.message_id = std::move(message_id);
    record.received_at = at("2020-01-01");
    return record;
}

}  // namespace

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

TEST_CASE("a touch is handed out once when it is decided and again after a restart") {
    const daemon::TemporaryFolder folder;
    std::vector<Touched> first;
    {
        Running running(folder);
        running.take({order_of("ada")});
        running.take({order_of("ada")});
        running.host->stop();
        first = running.touched();
    }

    Running again(folder);

    REQUIRE(first.size() == 1);
    REQUIRE(again.touched().size() == 1);
    CHECK(again.touched()[0].id == first[0].id);
    CHECK(again.touched()[0].attempts == 0);
}

TEST_CASE("a touch that failed before a restart is handed out with its attempts, a delivered one not at all") {
    const daemon::TemporaryFolder folder;
    {
        Running running(folder);
        running.take({order_of("ada"), order_of("bob")});
        const auto touches = running.touched();
        REQUIRE(touches.size() == 2);
        running.take({incoming(record_of("", at("1998-07-01"),
                                         DeliveryRecord{touches[0].id, DeliveryOutcome::failed, 3, 503, ""})),
                      incoming(record_of("", at("1998-07-01"),
                                         DeliveryRecord{touches[1].id, DeliveryOutcome::delivered, 1, 200, ""}))});
    }

    Running again(folder);

    REQUIRE(again.touched().size() == 1);
    CHECK(again.touched()[0].attempts == 3);
}

TEST_CASE("the wait of a failed event is kept over a restart") {
    const daemon::TemporaryFolder folder;
    {
        Running running(folder);
        running.take({order_of("ada")});
        REQUIRE(running.touched().size() == 1);
        DeliveryRecord failure{running.touched()[0].id, DeliveryOutcome::failed, 2, 503, ""};
        failure.retry_in_ms = 300'000;
        running.take({incoming(record_of("", at("1998-07-01"), failure))});
    }

    Running again(folder);

    REQUIRE(again.touched().size() == 1);
    CHECK(again.touched()[0].attempts == 2);
    CHECK(again.touched()[0].wait == std::chrono::minutes(5));
}

TEST_CASE("what waits for one endpoint is handed out once more when there is room for it") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    running.take({order_of("ada")});
    REQUIRE(running.touched().size() == 1);

    running.host->hand_out(EndpointId("print_shop"));
    running.host->hand_out(EndpointId("crm"));
    running.take({order_of("ada")});

    REQUIRE(running.touched().size() == 2);
    CHECK(running.touched()[1].id == running.touched()[0].id);
}

TEST_CASE("an endpoint that is paused, resumed or gone is told of, and again after a restart") {
    using daemon::EndpointStop;
    const daemon::TemporaryFolder folder;
    const auto pause = [](bool paused) {
        return incoming(record_of("", at("1998-07-01"), PauseRecord{PauseTarget::endpoint, "crm", paused}));
    };
    {
        Running running(folder);
        running.take({order_of("ada"), pause(true), pause(false)});
        DeliveryRecord gone{running.touched().at(0).id, DeliveryOutcome::given_up, 1, 410, ""};
        gone.cause = "gone";
        running.take({incoming(record_of("", at("1998-07-01"), gone))});
        CHECK(running.stops() == std::vector{EndpointStop::paused, EndpointStop::none});
    }
    {
        Running again(folder);
        CHECK(again.stops() == std::vector{EndpointStop::gone});
        again.take({pause(true)});
    }
    Running last(folder);
    CHECK(last.stops() == std::vector{EndpointStop::gone, EndpointStop::paused});
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
    CHECK(running.ask([](daemon::Engine& engine) { return engine.population().at(0).memberships.at(0).has_value(); }));
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

TEST_CASE("an intake beyond the queue's limit is not taken") {
    const daemon::TemporaryFolder folder;
    HostSettings settings;
    settings.most_waiting = 2;
    Running running(folder, settings);

    const bool is_taken = running.host->offer({{order_of("a"), order_of("b"), order_of("c")}, {}, {}});

    CHECK_FALSE(is_taken);
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
