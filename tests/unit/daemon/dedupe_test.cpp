#include <catch2/catch.hpp>

#include "daemon/engine/dedupe/dedupe.hpp"

namespace segmentd::daemon {
namespace {

const CustomerId ada("ada");

Timestamp at(const char* text) {
    return parse_timestamp(text).value();
}

}  // namespace

TEST_CASE("a message id is known once it was remembered, for its customer alone") {
    Dedupe dedupe;
    dedupe.remember(ada, "m1", at("2027-01-01"));

    CHECK(dedupe.knows(ada, "m1"));
    CHECK_FALSE(dedupe.knows(ada, "m2"));
    CHECK_FALSE(dedupe.knows(CustomerId("bob"), "m1"));
}

TEST_CASE("a message id is known for thirty whole days after it came") {
    Dedupe dedupe;
    dedupe.remember(ada, "m1", at("2027-01-01T23:59:59Z"));

    dedupe.remember(ada, "other", at("2027-01-31T23:59:59Z"));

    CHECK(dedupe.knows(ada, "m1"));
}

TEST_CASE("a message id is forgotten with its day, thirty days later") {
    Dedupe dedupe;
    dedupe.remember(ada, "m1", at("2027-01-01T23:59:59Z"));

    dedupe.remember(ada, "other", at("2027-02-01"));

    CHECK_FALSE(dedupe.knows(ada, "m1"));
    CHECK(dedupe.size() == 1);
}

TEST_CASE("an id that came twice on a day takes its place once") {
    Dedupe dedupe;

    dedupe.remember(ada, "m1", at("2027-01-01"));
    dedupe.remember(ada, "m1", at("2027-01-01T12:00:00Z"));

    CHECK(dedupe.size() == 1);
}

TEST_CASE("an instant before those remembered forgets nothing") {
    Dedupe dedupe;
    dedupe.remember(ada, "m1", at("2027-06-01"));

    dedupe.remember(ada, "m2", at("2027-01-01"));

    CHECK(dedupe.knows(ada, "m1"));
}

}  // namespace segmentd::daemon
