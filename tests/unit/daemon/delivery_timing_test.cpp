// Schedule, breaker and rate limit, each with a clock of its own.
#include <catch2/catch.hpp>

#include "daemon/activation/breaker.hpp"
#include "daemon/activation/rate_limiter.hpp"
#include "daemon/activation/schedule.hpp"

namespace segmentd::daemon {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Moment noon{hours(1000)};

}  // namespace

TEST_CASE("the ten attempts follow the schedule of Standard Webhooks, 75 hours and 35 minutes in all") {
    CHECK(wait_before_attempt(1) == seconds(0));
    CHECK(wait_before_attempt(2) == seconds(5));
    CHECK(wait_before_attempt(3) == minutes(5));
    CHECK(wait_before_attempt(10) == hours(24));
    CHECK(wait_before_attempt(0) == std::nullopt);
    CHECK(wait_before_attempt(11) == std::nullopt);
    seconds sum{0};
    for (std::int64_t attempt = 1; attempt <= 10; ++attempt) sum += *wait_before_attempt(attempt);
    CHECK(sum == hours(75) + minutes(35) + seconds(5));
}

TEST_CASE("a wait is longer or shorter by at most a fifth") {
    CHECK(wait_after_failure(1, std::nullopt, 0.5) == milliseconds(5'000));
    CHECK(wait_after_failure(1, std::nullopt, 0.0) == milliseconds(4'000));
    CHECK(wait_after_failure(2, std::nullopt, 0.75) == milliseconds(330'000));
    CHECK(wait_after_failure(10, std::nullopt, 0.5) == std::nullopt);
}

TEST_CASE("Retry-After makes a wait longer, never shorter, and counts up to a day") {
    CHECK(wait_after_failure(1, seconds(60), 0.5) == milliseconds(60'000));
    CHECK(wait_after_failure(2, seconds(60), 0.5) == milliseconds(300'000));
    CHECK(wait_after_failure(1, hours(30), 0.5) == hours(24));
    CHECK(wait_after_failure(10, seconds(60), 0.5) == std::nullopt);
}

TEST_CASE("five failures in a row open the breaker, four and a success do not") {
    Breaker breaker;
    for (int i = 0; i < 4; ++i) breaker.note_failure(noon);
    breaker.note_success();
    for (int i = 0; i < 4; ++i) breaker.note_failure(noon);
    CHECK(breaker.state() == Breaker::State::closed);

    breaker.note_failure(noon);

    CHECK(breaker.state() == Breaker::State::open);
    CHECK(breaker.opens_at() == noon + seconds(5));
}

TEST_CASE("a breaker lets one probe through; it closes on success and stays open twice as long on failure") {
    Breaker breaker;
    for (int i = 0; i < 5; ++i) breaker.note_failure(noon);

    breaker.begin_call(noon + seconds(5));
    CHECK(breaker.state() == Breaker::State::half_open);
    CHECK(breaker.opens_at() == Moment::max());
    breaker.note_failure(noon + seconds(6));
    CHECK(breaker.opens_at() == noon + seconds(16));

    breaker.begin_call(noon + seconds(16));
    breaker.note_success();
    CHECK(breaker.state() == Breaker::State::closed);
    CHECK(breaker.opens_at() == std::nullopt);
}

TEST_CASE(
    "calls that were under way when the breaker opened do not keep it open longer, and it opens 5 minutes at most") {
    Breaker breaker;
    for (int i = 0; i < 9; ++i) breaker.note_failure(noon);
    CHECK(breaker.opens_at() == noon + seconds(5));

    for (int i = 0; i < 20; ++i) {
        breaker.begin_call(noon + hours(i));
        breaker.note_failure(noon + hours(i));
    }
    CHECK(breaker.opens_at() == noon + hours(19) + minutes(5));
}

TEST_CASE("a rate limit spaces calls out, after as many at once as the burst allows") {
    RateLimiter limiter(rules::RateLimit{.per_second = 2, .burst = 3});
    for (int i = 0; i < 3; ++i) {
        REQUIRE(*limiter.next() <= noon);
        limiter.take(noon);
    }

    CHECK(limiter.next() == noon + milliseconds(500));
    limiter.take(noon + milliseconds(500));
    CHECK(limiter.next() == noon + milliseconds(1000));
    CHECK(*RateLimiter(rules::RateLimit{2, 3}).next() <= noon);
}

TEST_CASE("without a limit a call may go at any time") {
    CHECK(RateLimiter(std::nullopt).next() == std::nullopt);
}

}  // namespace segmentd::daemon
