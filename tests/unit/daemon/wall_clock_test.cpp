#include <catch2/catch.hpp>

#include "daemon/host/wall_clock.hpp"

namespace segmentd::daemon {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp noon = parse_timestamp("2027-01-01T12:00:00Z").value();

// Two clocks that a test moves by hand.
struct FakeClocks {
    Timestamp wall = noon;
    Duration boot = hours(5);
    WallClock clock{[this] { return wall; }, [this] { return boot; }, minutes(5)};

    void pass(Duration time) {
        wall += time;
        boot += time;
    }
};

}  // namespace

TEST_CASE("the wall clock is followed while it runs with the boot clock") {
    FakeClocks fake;

    fake.pass(hours(3));

    CHECK(to_text(fake.clock.now()) == "2027-01-01T15:00:00Z");
    CHECK_FALSE(fake.clock.is_held());
}

TEST_CASE("a step of exactly the allowed size is followed in both directions") {
    FakeClocks ahead, back;
    ahead.wall += minutes(5);
    back.wall -= minutes(5);

    CHECK(to_text(ahead.clock.now()) == "2027-01-01T12:05:00Z");
    CHECK(to_text(back.clock.now()) == "2027-01-01T11:55:00Z");
    CHECK_FALSE(ahead.clock.is_held());
    CHECK_FALSE(back.clock.is_held());
}

TEST_CASE("a larger step forward is held and time goes on at the pace of the boot clock") {
    FakeClocks fake;
    fake.wall += hours(24);
    fake.pass(seconds(10));

    const auto now = fake.clock.now();

    CHECK(to_text(now) == "2027-01-01T12:00:10Z");
    CHECK(fake.clock.is_held());
}

TEST_CASE("a larger step back is held") {
    FakeClocks fake;
    fake.wall -= minutes(5) + Duration(1);

    const auto now = fake.clock.now();

    CHECK(to_text(now) == "2027-01-01T12:00:00Z");
    CHECK(fake.clock.is_held());
}

TEST_CASE("a held step stays held however often the clock is read") {
    FakeClocks fake;
    fake.wall += hours(24);

    for (int i = 0; i < 100; ++i) {
        fake.pass(minutes(1));
        fake.clock.now();
    }

    CHECK(fake.clock.is_held());
    CHECK(to_text(fake.clock.now()) == "2027-01-01T13:40:00Z");
}

TEST_CASE("a confirmed step is followed from then on") {
    FakeClocks fake;
    fake.wall += hours(24);
    fake.clock.now();

    fake.clock.confirm();
    fake.pass(minutes(1));

    CHECK(to_text(fake.clock.now()) == "2027-01-02T12:01:00Z");
    CHECK_FALSE(fake.clock.is_held());
}

TEST_CASE("a wall clock that comes back to where it should be is followed again") {
    FakeClocks fake;
    fake.wall += hours(24);
    fake.clock.now();

    fake.wall -= hours(24);
    fake.pass(minutes(1));

    CHECK(to_text(fake.clock.now()) == "2027-01-01T12:01:00Z");
    CHECK_FALSE(fake.clock.is_held());
}

TEST_CASE("many small corrections are never a step") {
    FakeClocks fake;

    for (int i = 0; i < 60; ++i) {
        fake.pass(minutes(1));
        fake.wall += seconds(6);
        fake.clock.now();
    }

    CHECK(to_text(fake.clock.now()) == "2027-01-01T13:06:00Z");
    CHECK_FALSE(fake.clock.is_held());
}

TEST_CASE("a wall clock that starts before the last record is held at that record's time") {
    FakeClocks fake;
    fake.clock.not_before(noon + hours(2));

    fake.pass(minutes(1));

    CHECK(to_text(fake.clock.now()) == "2027-01-01T14:01:00Z");
    CHECK(fake.clock.is_held());
}

TEST_CASE("a wall clock that started too early is followed once it has come past the last record") {
    FakeClocks fake;
    fake.clock.not_before(noon + hours(2));
    fake.clock.now();

    fake.wall += hours(9);

    CHECK(to_text(fake.clock.now()) == "2027-01-01T21:00:00Z");
    CHECK_FALSE(fake.clock.is_held());
}

TEST_CASE("a start long after the last record is no step") {
    FakeClocks fake;
    fake.clock.not_before(noon - hours(1000));

    CHECK(to_text(fake.clock.now()) == "2027-01-01T12:00:00Z");
    CHECK_FALSE(fake.clock.is_held());
}

TEST_CASE("an anchor of the same boot proves a step in both directions") {
    for (const auto step : {hours(3), hours(-3)}) {
        FakeClocks fake;
        auto anchor = clock_anchor_at(noon - hours(1) + step);
        anchor.since_boot = fake.boot - hours(1);
        fake.clock.resume(anchor);

        CHECK(fake.clock.now() == noon + step);
        CHECK(fake.clock.is_held());
    }
}

TEST_CASE("an anchor that the boot clock explains, and one of another boot, hold nothing") {
    FakeClocks same, other;
    auto anchor = clock_anchor_at(noon - hours(1));
    anchor.since_boot = same.boot - hours(1);
    same.clock.resume(anchor);
    other.clock.resume({"another boot", noon - hours(50), hours(1)});

    CHECK(same.clock.now() == noon);
    CHECK_FALSE(same.clock.is_held());
    CHECK(other.clock.now() == noon);
    CHECK_FALSE(other.clock.is_held());
}

TEST_CASE("an anchor is read as it was written, and anything else is none") {
    const ClockAnchor anchor{"b00t", noon, hours(7)};

    CHECK(parse_clock_anchor(to_line(anchor)) == anchor);
    CHECK_FALSE(parse_clock_anchor("").has_value());
    CHECK_FALSE(parse_clock_anchor("b00t noon 7").has_value());
}

}  // namespace segmentd::daemon
