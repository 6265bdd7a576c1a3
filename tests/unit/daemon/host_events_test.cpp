// Which events a host hands out, and when.
#include "tests/unit/daemon/host_fixture.hpp"

namespace segmentd::tests {

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

}  // namespace segmentd::tests
