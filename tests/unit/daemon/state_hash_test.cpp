#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view counting = "feature: orders\nsignal: purchase\ncompute: count\n";

// The hash after one record about ada that follows the same beginning.
std::string hash_after(const Record& record) {
    LivedEngine lived(shop(counting));
    lived.take(purchase("ada", at("2027-01-02")));
    lived.take(record);
    return lived.state_hash();
}

}  // namespace

TEST_CASE("everything that a customer is changes the hash") {
    const auto when = at("2027-01-03");
    const std::set<std::string> hashes = {
        hash_after(tick(when)),
        hash_after(purchase("ada", when)),
        hash_after(purchase("bob", when)),
        hash_after(plan_of("ada", when, "pro")),
        hash_after(plan_of("ada", when, "free")),
        hash_after(consent("ada", when, "offers", true)),
        hash_after(consent("ada", when, "offers", false)),
        hash_after(record_of("ada", when, SuppressionRecord{true})),
    };

    CHECK(hashes.size() == 8);
}

TEST_CASE("a hash taken piece by piece equals one taken at the end") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        Random random(seed, "state hash");
        LivedEngine stepwise(shop(counting)), at_the_end(shop(counting));
        for (int i = 0; i < 200; ++i) {
            const auto record =
                purchase("customer " + std::to_string(random.below(50)), at("2027-01-02") + std::chrono::hours(i));
            stepwise.take(record);
            at_the_end.take(record);
            if (random.bernoulli(0.3)) stepwise.state_hash();
        }

        INFO("seed " << seed);
        CHECK(stepwise.state_hash() == at_the_end.state_hash());
    }
}

TEST_CASE("asking for the hash twice gives the same") {
    LivedEngine lived(shop(counting));
    lived.take(purchase("ada", at("2027-01-02")));

    const auto first = lived.state_hash();

    CHECK(lived.state_hash() == first);
}

TEST_CASE("texts of neighbouring fields cannot be mistaken for one another") {
    const auto when = at("2027-01-03");
    auto one = record_of("ada", when, ProfileRecord{{{"a", std::string("1;b")}}});
    auto other = record_of("ada", when, ProfileRecord{{{"a", std::string("1")}, {"b", std::string()}}});

    CHECK(hash_after(one) != hash_after(other));
}

}  // namespace segmentd::tests
