#include "daemon/activation/lane.hpp"

#include <catch2/catch.hpp>

namespace segmentd::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Moment noon{std::chrono::hours(1000)};
constexpr double no_jitter = 0.5;

Outgoing event(const std::string& id) {
    return {id, EndpointId("crm"), "touch", CustomerId("ada"), {}, "{}"};
}

Judgement answer(int status, std::optional<seconds> retry_after = {}) {
    HttpOutcome outcome;
    outcome.status = status;
    outcome.retry_after = retry_after;
    return judge(outcome);
}

// Sends what may go now and gives it this answer.
DeliveryRecord send(Lane& lane, Moment now, const Judgement& judgement) {
    auto parcel = lane.take(now);
    REQUIRE(parcel.has_value());
    return lane.finish(*parcel, judgement, now, no_jitter);
}

}  // namespace

TEST_CASE("an event that is delivered is recorded once and forgotten when its record is durable") {
    Lane lane({});
    lane.add(event("a"), 0, noon);

    const auto record = send(lane, noon, answer(204));

    CHECK(record == DeliveryRecord{"a", DeliveryOutcome::delivered, 1, 204, ""});
    lane.add(event("a"), 0, noon);
    CHECK_FALSE(lane.take(noon).has_value());
    lane.settle("a");
    lane.add(event("a"), 0, noon);
    CHECK(lane.take(noon).has_value());
}

TEST_CASE("an event under way is not taken a second time") {
    Lane lane({});
    lane.add(event("a"), 0, noon);
    REQUIRE(lane.take(noon).has_value());

    lane.add(event("a"), 0, noon);

    CHECK_FALSE(lane.take(noon).has_value());
    CHECK(lane.status().under_way == 1);
}

TEST_CASE("a failure waits by the schedule and says so in its record; the last attempt is given up with its cause") {
    Lane lane({});
    lane.add(event("a"), 0, noon);
    lane.add(event("b"), 9, noon);

    const auto first = send(lane, noon, answer(500));
    const auto last = send(lane, noon, answer(404));

    CHECK(first == DeliveryRecord{"a", DeliveryOutcome::failed, 1, 500, "", "http_5xx", 5000});
    CHECK(last == DeliveryRecord{"b", DeliveryOutcome::given_up, 10, 404, "", "http_4xx", 0});
    CHECK(lane.next() == noon + seconds(5));
    CHECK_FALSE(lane.take(noon + milliseconds(4999)).has_value());
    CHECK(lane.take(noon + seconds(5))->attempt == 2);
}

TEST_CASE("no more are under way than the endpoint takes at a time") {
    Lane lane({.concurrency = 2});
    for (const char* id : {"a", "b", "c"}) lane.add(event(id), 0, noon);

    const auto first = lane.take(noon);
    CHECK(lane.take(noon).has_value());
    CHECK_FALSE(lane.take(noon).has_value());
    CHECK(lane.next() == std::nullopt);

    lane.finish(*first, answer(200), noon, no_jitter);
    CHECK(lane.take(noon)->event.id == "c");
}

TEST_CASE("what waits for the breaker, the rate or a pause that the endpoint asked for loses no attempt") {
    Lane lane({.rate_limit = rules::RateLimit{.per_second = 1, .burst = 9}});
    for (int i = 0; i < 7; ++i) lane.add(event(std::to_string(i)), 0, noon);
    for (int i = 0; i < 5; ++i) send(lane, noon, answer(503));

    CHECK(lane.status().breaker == Breaker::State::open);
    CHECK(lane.next() == noon + seconds(5));
    const auto probe = lane.take(noon + seconds(5));
    REQUIRE(probe.has_value());
    CHECK(probe->attempt == 1);
    CHECK(lane.next() == std::nullopt);

    lane.finish(*probe, answer(429, minutes(10)), noon + seconds(5), no_jitter);
    CHECK(lane.next() == noon + seconds(5) + minutes(10));
    lane.resume();
    CHECK(lane.take(noon + seconds(5))->attempt == 1);
}

TEST_CASE("after a restart a Retry-After and an open breaker go on, and its pause is as long as it was") {
    Lane asked({});
    asked.add(event("a"), 0, noon);
    const auto record = send(asked, noon, answer(503, minutes(10)));
    CHECK(record.leave_alone_ms == 600'000);
    Lane lane({});
    for (const char* id : {"a", "b", "c"}) lane.add(event(id), 0, noon);

    lane.go_on({.leave_alone = minutes(4)}, noon);
    CHECK(lane.next() == noon + minutes(4));

    lane.go_on({.faults_in_a_row = 7, .failing_for = seconds(5 + 10), .since_last = seconds(1)}, noon);
    CHECK(lane.status().breaker == Breaker::State::open);
    CHECK(lane.next() == noon + seconds(19));
    REQUIRE(lane.take(noon + seconds(19)).has_value());
    CHECK_FALSE(lane.take(noon + seconds(19)).has_value());

    lane.go_on({.faults_in_a_row = 4}, noon);
    CHECK(lane.status().breaker == Breaker::State::closed);
}

TEST_CASE("an answer below 500 shows that the endpoint lives, and does not open the breaker") {
    Lane lane({});
    for (int i = 0; i < 9; ++i) {
        lane.add(event(std::to_string(i)), 0, noon);
        send(lane, noon, answer(i % 2 == 0 ? 400 : 302));
    }

    CHECK(lane.status().breaker == Breaker::State::closed);
}

TEST_CASE("410 gives the event up and disables the endpoint until it is resumed") {
    Lane lane({});
    lane.add(event("a"), 0, noon);
    lane.add(event("b"), 0, noon);

    const auto record = send(lane, noon, answer(410));

    CHECK(record == DeliveryRecord{"a", DeliveryOutcome::given_up, 1, 410, "", "gone"});
    CHECK(lane.status().stop == EndpointStop::gone);
    CHECK(lane.next() == std::nullopt);
    lane.resume();
    CHECK(lane.take(noon)->event.id == "b");
}

TEST_CASE("a full lane keeps what is due first and tells when there is room for the rest") {
    Lane lane({.most_known = 2});
    lane.add(event("late"), 1, noon + minutes(30));
    lane.add(event("first"), 0, noon);
    lane.add(event("second"), 0, noon);

    CHECK(lane.status().waiting == 2);
    send(lane, noon, answer(200));
    CHECK(lane.settle("first"));
    send(lane, noon, answer(200));
    CHECK_FALSE(lane.settle("second"));
}

TEST_CASE("an event that waits for a later attempt goes earlier when it is ordered again") {
    Lane lane({});
    lane.add(event("a"), 7, noon + minutes(30));

    lane.add(event("a"), 0, noon);

    CHECK(lane.status().waiting == 1);
    CHECK(lane.take(noon)->attempt == 1);
}

TEST_CASE("a paused endpoint is sent nothing until it is resumed by order, whatever else is lifted") {
    Lane lane({});
    lane.add(event("a"), 0, noon);
    lane.set_stop(EndpointStop::paused);

    lane.resume();
    CHECK(lane.next() == std::nullopt);
    lane.set_stop(EndpointStop::none);
    CHECK(lane.take(noon).has_value());
}

TEST_CASE("nothing is sent while there is trouble") {
    Lane lane({});
    lane.add(event("a"), 0, noon);
    lane.set_trouble("a secret is missing");
    CHECK(lane.next() == std::nullopt);

    lane.set_trouble("");
    CHECK(lane.take(noon).has_value());
}

TEST_CASE("an attempt that was not made waits as before") {
    Lane lane({});
    lane.add(event("a"), 3, noon);
    const auto parcel = lane.take(noon);

    lane.put_back(*parcel, noon);

    CHECK(lane.take(noon)->attempt == 4);
}

TEST_CASE("every outcome of a call has its cause") {
    const auto cause = [](CallFault fault) {
        HttpOutcome outcome;
        outcome.fault = fault;
        return judge(outcome).cause;
    };
    CHECK(cause(CallFault::timeout) == "timeout");
    CHECK(cause(CallFault::connect) == "connect");
    CHECK(cause(CallFault::look_up) == "name");
    CHECK(cause(CallFault::tls) == "tls");
    CHECK(cause(CallFault::address_refused) == "address_refused");
    CHECK(cause(CallFault::broken_answer) == "answer");
    CHECK(answer(301).cause == "http_3xx");
    CHECK(answer(429).cause == "http_429");
    CHECK(answer(204).cause.empty());
    HttpOutcome abort;
    abort.status = 500;
    abort.headers = {{"Webhook-Delivery", "abort-message"}};
    CHECK(judge(abort).cause == "abort_message");
    CHECK(judge(abort).kind == Judgement::Kind::given_up);
}

}  // namespace segmentd::daemon
