// Work on a second engine beside the one that serves.
#include <atomic>
#include <stdexcept>

#include "tests/unit/daemon/host_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr auto moment = std::chrono::milliseconds(100);
constexpr std::string_view twice_rules = R"(
feature: orders
signal: purchase
compute: count
---
segment: buyers
steward: dana
enter: feature.orders >= 2
)";

// A task that stands still in its work until it is told to go on.
struct Standing {
    std::promise<void> reached;
    std::promise<void> go_on;
    std::promise<Result<void>> outcome;

    // Appends these definitions.
    Host::Beside task(const Files& files, bool is_kept) {
        Host::Beside task;
        task.is_kept = is_kept;
        task.work = [this, files](daemon::Fold& fold) -> Result<void> {
            reached.set_value();
            go_on.get_future().wait();
            auto applied = fold.apply_workspace(files, {"person:dana", "a trial"});
            return applied ? Result<void>() : fail(std::move(applied).error());
        };
        task.done = [this](Result<void> done) { outcome.set_value(std::move(done)); };
        return task;
    }
};

std::future<IntakeOutcome> offer(Running& running, Record record) {
    auto answer = std::make_shared<std::promise<IntakeOutcome>>();
    daemon::Intake intake{{std::move(record)}, {}, {}};
    intake.done = [answer](const IntakeOutcome& given) { answer->set_value(given); };
    REQUIRE(running.host->offer(std::move(intake)));
    return answer->get_future();
}

bool is_buyer(daemon::Engine& engine) {
    return engine.population().at(0).memberships.has(0);
}

}  // namespace

TEST_CASE("while definitions are taken in, questions are answered as before and inputs and orders follow them") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    running.take({order_of("ada")});
    Standing standing;
    REQUIRE(running.host->try_beside(standing.task(own_clock_shop(twice_rules), true)).has_value());
    standing.reached.get_future().wait();

    CHECK(running.ask(is_buyer));
    auto intake = offer(running, order_of("ada"));
    std::promise<std::uint64_t> ordered;
    REQUIRE(running.host->order(
        [](const daemon::Engine& engine) -> Result<Record> {
            Record record;
            record.actor = "person:dana";
            record.payload = LearningRecord{.name = "buyers", .text = "two are few"};
            CHECK_FALSE(engine.population().book().definitions.segments.empty());
            return record;
        },
        [&](const Result<std::uint64_t>& sequence) { ordered.set_value(sequence.value()); }));
    CHECK(intake.wait_for(moment) == std::future_status::timeout);
    CHECK(running.records() == 3);

    standing.go_on.set_value();
    REQUIRE(standing.outcome.get_future().get().has_value());
    CHECK(intake.get().accepted == 1);
    CHECK(ordered.get_future().get() > 4);
    CHECK(running.records() == 6);
    CHECK(running.host->book()->definitions.segments.size() == 1);
    CHECK(running.ask(is_buyer));  // by the second order, after a moment without
}

TEST_CASE("an engine that took another's place goes on as a fold of the journal does") {
    const daemon::TemporaryFolder folder;
    std::string state;
    {
        Running running(folder);
        running.take({order_of("ada", "m1"), order_of("ada", "m2"), order_of("bob", "m3")});
        REQUIRE(running.reload(own_clock_shop(twice_rules)).has_value());
        CHECK(running.take({order_of("bob", "m4"), order_of("ada", "m1")}).duplicates == 1);
        REQUIRE(running.reload(own_clock_shop()).has_value());
        state = running.state_hash();
    }
    Running again(folder);
    CHECK(again.state_hash() == state);
}

TEST_CASE("what is only tried beside changes nothing and holds nothing up") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    const auto version = running.host->book()->definitions.version;
    Standing standing;
    REQUIRE(running.host->try_beside(standing.task(own_clock_shop(twice_rules), false)).has_value());
    standing.reached.get_future().wait();

    CHECK(running.take({order_of("ada")}).accepted == 1);

    standing.go_on.set_value();
    REQUIRE(standing.outcome.get_future().get().has_value());
    CHECK(running.records() == 3);
    CHECK(running.host->book()->definitions.version == version);
}

TEST_CASE("an answer that cannot be given ends neither what is kept nor the daemon") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    for (const bool is_kept : {false, true}) {
        Host::Beside task;
        task.is_kept = is_kept;
        task.work = [](daemon::Fold& fold) -> Result<void> {
            auto applied = fold.apply_workspace(own_clock_shop(twice_rules), {"person:dana", "a test"});
            return applied ? Result<void>() : fail(std::move(applied).error());
        };
        task.done = [](const Result<void>&) { throw std::runtime_error("no memory for an answer"); };
        REQUIRE(running.host->try_beside(std::move(task)).has_value());
    }

    const auto version = running.reload(own_clock_shop());

    REQUIRE(version.has_value());
    CHECK(running.host->book()->definitions.version == *version);
    CHECK(running.take({order_of("ada")}).accepted == 1);
}

TEST_CASE("what nobody waits for any more is not put in force, and the inputs go on") {
    const daemon::TemporaryFolder folder;
    Running running(folder);
    const auto version = running.host->book()->definitions.version;
    std::atomic<bool> is_given_up = false;
    Standing standing;
    auto task = standing.task(own_clock_shop(twice_rules), true);
    task.is_given_up = [&] { return is_given_up.load(); };
    REQUIRE(running.host->try_beside(std::move(task)).has_value());
    standing.reached.get_future().wait();
    auto intake = offer(running, order_of("ada"));

    is_given_up = true;
    standing.go_on.set_value();

    CHECK_FALSE(standing.outcome.get_future().get().has_value());
    CHECK(intake.get().accepted == 1);
    CHECK(running.host->book()->definitions.version == version);
    CHECK(running.records() == 3);
}

TEST_CASE("what is put in force has places of its own and goes before what only looks") {
    std::promise<std::string> last;
    std::string order;
    const daemon::TemporaryFolder folder;
    Running running(folder);
    Standing standing;
    REQUIRE(running.host->try_beside(standing.task(own_clock_shop(twice_rules), false)).has_value());
    standing.reached.get_future().wait();
    const auto task = [&](char name, bool is_kept) {
        Host::Beside named;
        named.is_kept = is_kept;
        named.work = [&order, &last, name](daemon::Fold&) -> Result<void> {
            order += name;
            if (order.size() == 9) last.set_value(order);
            return {};
        };
        return named;
    };
    for (int i = 0; i < 8; ++i) REQUIRE(running.host->try_beside(task('l', false)).has_value());

    const auto refused = running.host->try_beside(task('l', false));
    const auto taken = running.host->try_beside(task('k', true));
    standing.go_on.set_value();

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "8 pieces of such work wait already");
    CHECK(taken.has_value());
    CHECK(last.get_future().get() == "kllllllll");
}

TEST_CASE("a stop gives up what is taken in and keeps what was accepted meanwhile") {
    const daemon::TemporaryFolder folder;
    Standing standing;
    {
        Running running(folder);
        REQUIRE(running.host->try_beside(standing.task(own_clock_shop(twice_rules), true)).has_value());
        standing.reached.get_future().wait();
        auto intake = offer(running, order_of("ada"));

        auto stop = std::async(std::launch::async, [&] { running.host->stop(); });
        CHECK(stop.wait_for(moment) == std::future_status::timeout);
        standing.go_on.set_value();
        stop.get();

        CHECK(intake.get().accepted == 1);
        const auto outcome = standing.outcome.get_future().get();
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().message == "the daemon is stopping");
        CHECK_FALSE(running.host->try_beside({}).has_value());
    }
    Running again(folder);
    CHECK(again.records() == 3);
    CHECK(again.ask(is_buyer));
}

}  // namespace segmentd::tests
