#include "daemon/engine/outbox/outbox.hpp"

#include <catch2/catch.hpp>

namespace segmentd::daemon {
namespace {

const EndpointId crm("crm");

Timestamp second(std::int64_t count) {
    return from_microseconds(count * 1'000'000);
}

// What the endpoint answered to one event after the other, a second apart.
EndpointTally after(const std::vector<DeliveryRecord>& answers) {
    Outbox outbox;
    std::int64_t now = 0;
    for (auto answer : answers) {
        answer.touch = std::to_string(++now);
        outbox.resend({answer.touch, crm, "touch", CustomerId("ada"), {}, "{}"});
        outbox.note(answer, second(now));
    }
    return outbox.tallies().at(crm);
}

DeliveryRecord failed(std::int64_t status, std::string cause, std::int64_t leave_alone_ms = 0) {
    return {.touch = {},
            .outcome = DeliveryOutcome::failed,
            .status = status,
            .detail = {},
            .cause = std::move(cause),
            .leave_alone_ms = leave_alone_ms};
}

}  // namespace

TEST_CASE("the fold counts the failures in a row that say that the endpoint is down") {
    const auto tally =
        after({failed(503, "http_5xx"), failed(404, "http_4xx"), failed(0, "timeout"), failed(500, "x")});

    CHECK(tally.faults_in_a_row == 2);
    CHECK(tally.faulty_since == second(3));
    CHECK(tally.failed_in_a_row == 4);
    CHECK(after({failed(0, "timeout"), failed(0, "body_mapping")}).faults_in_a_row == 0);
}

TEST_CASE("the fold keeps how long an endpoint asked to be left alone, until it is reopened") {
    CHECK(after({failed(429, "http_429", 60'000), failed(503, "http_5xx", 1'000)}).leave_alone_until == second(61));
    CHECK(after({failed(429, "http_429")}).leave_alone_until <= second(1));

    Outbox outbox;
    outbox.resend({"a", crm, "touch", CustomerId("ada"), {}, "{}"});
    auto answer = failed(429, "http_429", 60'000);
    answer.touch = std::string("a");
    outbox.note(answer, second(1));
    outbox.reopen(crm);
    CHECK(outbox.tallies().at(crm).leave_alone_until == Timestamp{});
}

}  // namespace segmentd::daemon
