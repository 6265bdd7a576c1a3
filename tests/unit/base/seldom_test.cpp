#include "base/seldom.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace segmentd::tests {

TEST_CASE("what was never made reads as a new value, and reading makes nothing") {
    Seldom<std::string> seldom;

    CHECK(seldom->empty());
    CHECK(*seldom == "");
    CHECK_FALSE(static_cast<bool>(seldom));
    CHECK(seldom.find() == nullptr);
}

TEST_CASE("what was made stays, and a copy of it is independent") {
    Seldom<std::string> seldom;
    seldom.make() = "first";
    auto copy = seldom;
    seldom.make() += ", changed";
    *copy.find() += ", copied";
    const Seldom<std::string> nothing;

    CHECK(*seldom == "first, changed");
    CHECK(*copy == "first, copied");
    copy = nothing;
    CHECK(copy->empty());
    const auto moved = std::move(seldom);
    CHECK(*moved == "first, changed");
}

}  // namespace segmentd::tests
