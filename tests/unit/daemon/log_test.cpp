#include "daemon/telemetry/log.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace segmentd::daemon {
namespace {

TEST_CASE("a line for people shows its fields, quoted where they need it") {
    CHECK(log_line(LogFormat::text, "net", "listening",
                   {LogField("port", 8686), LogField("address", "127.0.0.1"), LogField("reason", "no space"),
                    LogField("share", 0.5), LogField("is_ready", true), LogField("empty", "")}) ==
          R"(net: listening port=8686 address=127.0.0.1 reason="no space" share=0.5 is_ready=true empty="")");
}

TEST_CASE("a line for machines is JSON") {
    CHECK(log_line(LogFormat::json, "net", "a \"b\"",
                   {LogField("count", std::int64_t{-1}), LogField("text", std::string("x")),
                    LogField("nan", std::numeric_limits<double>::quiet_NaN())}) ==
          R"("component":"net","message":"a \"b\"","count":-1,"text":"x","nan":null)");
}

TEST_CASE("a field cannot begin another line") {
    CHECK(log_line(LogFormat::text, "net", "m", {LogField("f", "a\nb\x1b[0m\\")}) ==
          R"(net: m f="a\u000ab\u001b[0m\\")");
    CHECK(log_line(LogFormat::json, "net", "m", {LogField("f", "a\nb")}) ==
          R"("component":"net","message":"m","f":"a\u000ab")");
}

TEST_CASE("levels and formats are read from their words") {
    CHECK(parse_log_level("warning").value() == LogLevel::warning);
    CHECK(parse_log_format("auto").value() == LogFormat::automatic);
    CHECK(to_text(parse_log_level("loud").error()) == "'loud' is no log level; use debug, info, warning or error");
    CHECK(to_text(parse_log_format("xml").error()) == "'xml' is no log format; use auto, text or json");
}

}  // namespace
}  // namespace segmentd::daemon
