#include "daemon/commands/output.hpp"

#include <catch2/catch.hpp>

namespace segmentd::daemon {

TEST_CASE("a terminal is shown control characters and never obeys them") {
    CHECK(visible_text("\x1b[2Jada\x07") == "\\x1b[2Jada\\x07");
    CHECK(visible_text("a\r\nb\tc\x7f") == "a\\x0d\\x0ab\\x09c\\x7f");
    CHECK(visible_text("\xc2\x9b"
                       "31m") == "\\x9b31m");
    CHECK(visible_text("\x9b"
                       "31m Stra\xdf"
                       "e") == "\\x9b31m Stra\\xdfe");
}

TEST_CASE("letters of every language are shown as they are") {
    CHECK(visible_text("Straße, Ωμέγα, 日本 \xc2\xa0!") == "Straße, Ωμέγα, 日本 \xc2\xa0!");
    CHECK(visible_text("").empty());
}

}  // namespace segmentd::daemon
