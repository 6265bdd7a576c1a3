#include "base/stable_hash.hpp"

#include <catch2/catch.hpp>

namespace segmentd {

TEST_CASE("the stable hash of nothing is the one that xxHash publishes") {
    CHECK(stable_hash("") == StableHash{0x6001c324468d497f, 0x99aa06d3014798d8});
}

TEST_CASE("the stable hash tells texts apart that differ in one bit") {
    CHECK(stable_hash("customer 1") != stable_hash("customer 0"));
    CHECK(stable_hash("customer 1") == stable_hash("customer 1"));
}

}  // namespace segmentd
