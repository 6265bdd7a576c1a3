#include "rules/columns/column.hpp"

#include <catch2/catch.hpp>

namespace segmentd::tests {

using rules::Column;
using rules::expression::Value;

TEST_CASE("a column forgets a text that no row has any more") {
    Column column;
    column.resize(2);
    for (int i = 0; i < 1'000; ++i) column.set(0, Value::string("last seen " + std::to_string(i)));
    column.set(1, Value::string("last seen 999"));
    column.set(0, Value::string("last seen 1000"));

    CHECK(column.texts() == 2);
    CHECK(column.at(0).as_text() == "last seen 1000");
    CHECK(column.at(1).as_text() == "last seen 999");
}

TEST_CASE("a copy of a column of texts does not change with the original") {
    Column column;
    column.resize(1);
    column.set(0, Value::string("pro"));

    const Column copy = column;
    column.set(0, Value::string("team"));
    column.set(0, Value::string("free"));

    CHECK(copy.at(0).as_text() == "pro");
    CHECK(column.at(0).as_text() == "free");
}

}  // namespace segmentd::tests
