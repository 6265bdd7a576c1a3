// The published bucketing cases of the GrowthBook SDKs.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "experiments/assignment/bucketing.hpp"
#include "tests/published_vectors.hpp"

namespace segmentd::experiments {
namespace {

namespace json = boost::json;

constexpr const char* vectors_name = "assignment/growthbook-sdk-cases.json";

double number(const json::value& value) {
    return value.to_number<double>();
}

std::string text(const json::value& value) {
    return json::value_to<std::string>(value);
}

std::vector<double> numbers(const json::value& value) {
    return value.is_null() ? std::vector<double>{} : json::value_to<std::vector<double>>(value);
}

// The cases are written with eight digits at most.
bool is_near(double left, double right) {
    return std::fabs(left - right) < 5e-9;
}

std::vector<BucketRange> ranges_of(const json::value& value) {
    std::vector<BucketRange> ranges;
    for (const auto& range : value.as_array()) ranges.push_back({number(range.at(0)), number(range.at(1))});
    return ranges;
}

bool passes_hash(const json::array& row) {
    const auto n = hash_to_unit(text(row[0]), text(row[1]), row[2].to_number<int>());
    return row[3].is_null() ? !n : n && is_near(*n, number(row[3]));
}

bool passes_ranges(const json::array& row) {
    const auto& input = row[1].as_array();
    const auto coverage = input[1].is_null() ? 1.0 : number(input[1]);
    const auto got = bucket_ranges(input[0].to_number<int>(), coverage, numbers(input[2]));
    const auto want = ranges_of(row[2]);
    bool is_equal = got.size() == want.size();
    for (std::size_t i = 0; is_equal && i < got.size(); ++i) {
        is_equal = is_near(got[i].from, want[i].from) && is_near(got[i].to, want[i].to);
    }
    return is_equal;
}

bool passes_choice(const json::array& row) {
    const auto chosen = choose_variation(number(row[1]), ranges_of(row[2]));
    return (chosen ? static_cast<int>(*chosen) : -1) == row[3].to_number<int>();
}

bool passes_namespace(const json::array& row) {
    const auto& share = row[2].as_array();
    const std::string name = text(share[0]);
    return is_in_namespace(text(row[1]), {name, {number(share[1]), number(share[2])}}) == row[3].as_bool();
}

bool passes_weights(const json::array& row) {
    const auto got = equal_weights(row[0].to_number<int>());
    const auto want = numbers(row[1]);
    bool is_equal = got.size() == want.size();
    for (std::size_t i = 0; is_equal && i < got.size(); ++i) is_equal = is_near(got[i], want[i]);
    return is_equal;
}

void run(const json::object& vectors, const char* section, const std::function<bool(const json::array&)>& passes) {
    tests::Tally tally;
    for (const auto& row : vectors.at(section).as_array()) {
        tally.count(passes(row.as_array()), std::string(section) + ' ' + json::serialize(row));
    }
    tests::report(std::string(vectors_name) + ", " + section, tally);
}

TEST_CASE("the published bucketing cases are answered as published") {
    const auto text = tests::read_vectors(vectors_name);
    if (!text) return;
    const auto vectors = json::parse(*text).as_object();

    run(vectors, "hash", passes_hash);
    run(vectors, "getBucketRange", passes_ranges);
    run(vectors, "chooseVariation", passes_choice);
    run(vectors, "inNamespace", passes_namespace);
    run(vectors, "getEqualWeights", passes_weights);
}

}  // namespace
}  // namespace segmentd::experiments
