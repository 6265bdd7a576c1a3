#include "daemon/engine/population/customer_table.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <string>

namespace segmentd::tests {
namespace {

using daemon::CustomerTable;

std::string name(std::size_t number) {
    return "customer-" + std::to_string(number);
}

}  // namespace

TEST_CASE("a customer is found by every id, however long") {
    CustomerTable customers;
    for (const std::size_t length : {1U, 7U, 254U, 255U, 256U, 100'000U}) customers.add(std::string(length, 'a'));
    for (std::size_t i = 0; i < 20'000; ++i) customers.add(name(i));

    CHECK(customers.find(std::string(255, 'a')) == 3U);
    CHECK(customers.find(std::string(100'000, 'a')) == 5U);
    CHECK(customers[4].id.text() == std::string(256, 'a'));
    CHECK(customers.find("aa") == std::nullopt);
    for (std::size_t i = 0; i < 20'000; ++i) REQUIRE(customers.find(name(i)) == i + 6);
}

TEST_CASE("a copy of the customers outlives the original and takes others in") {
    std::optional<CustomerTable> original(std::in_place);
    original->add("ada");
    CustomerTable copy(*original);
    original->add("bob");
    copy.add("cleo");

    CHECK(original->find("cleo") == std::nullopt);
    CHECK((*original)[1].id.text() == "bob");
    original.reset();
    CHECK(copy.find("ada") == 0U);
    CHECK(copy.find("bob") == std::nullopt);
    CHECK(copy[1].id.text() == "cleo");

    const CustomerTable moved = std::move(copy);
    CHECK(moved.find("cleo") == 1U);
}

}  // namespace segmentd::tests
