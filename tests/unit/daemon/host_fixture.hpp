// What the tests of the host share: a host with a real store in a folder that vanishes. The workspace has
// a clock of its own, so that no test depends on the day on which it runs.
#pragma once

#include <catch2/catch.hpp>
#include <future>

#include "daemon/host/host.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace segmentd::tests {

using daemon::Host;
using daemon::HostSettings;
using daemon::IntakeOutcome;

inline constexpr auto patience = std::chrono::seconds(20);

inline constexpr std::string_view thanks_rules = R"(
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

inline Files own_clock_shop(std::string_view rules = thanks_rules) {
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
        REQUIRE(host->reload(files, [answer](Result<std::string> given) { answer->set_value(std::move(given)); })
                    .has_value());
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
inline Record incoming(Record record) {
    record.engine_time = Timestamp{};
    record.occurred_at = at("1998-07-01");
    return record;
}

inline Record order_of(std::string_view customer, std::string message_id = {}) {
    auto record = incoming(purchase(customer, at("1998-07-01")));
    record.message_id = std::move(message_id);
    record.received_at = at("2020-01-01");
    return record;
}

}  // namespace segmentd::tests
