// The log of the daemon: one line an event, on standard error.
//
// A line names the part of the daemon that speaks (component), says what happened in words that
// never change (message), and carries what varies as fields, so that lines can be found by machines.
// Never a customer's data: no profile, no payload, no secret, no token.
//
// Text for people on a terminal; JSON lines otherwise, with the priority in front where journald
// reads it. Every function may be called by any thread; before start_log the level is info.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd::daemon {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { automatic, text, json };

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::automatic;
};

// "debug", "info", "warning", "error"; "auto", "text", "json".
Result<LogLevel> parse_log_level(std::string_view word);
Result<LogFormat> parse_log_format(std::string_view word);

// A name with its value, as it stands in JSON: numbers and booleans bare, text in quotes.
class LogField {
  public:
    LogField(std::string_view name, std::string_view text);
    LogField(std::string_view name, const char* text) : LogField(name, std::string_view(text)) {}
    LogField(std::string_view name, const std::string& text) : LogField(name, std::string_view(text)) {}
    LogField(std::string_view name, bool claim) : LogField(Json{}, name, claim ? "true" : "false") {}
    LogField(std::string_view name, double number);
    template <std::integral Number>
    LogField(std::string_view name, Number number) : LogField(Json{}, name, std::to_string(number)) {}

    const std::string& name() const { return name_; }
    const std::string& json() const { return json_; }

  private:
    struct Json {};
    LogField(Json, std::string_view name, std::string json) : name_(name), json_(std::move(json)) {}

    std::string name_;
    std::string json_;
};

// Chooses level and format, once at the start of the program.
void start_log(const LogSettings& settings);

void write_log(LogLevel level, std::string_view component, std::string_view message,
               std::initializer_list<LogField> fields);

// log_info("net", "listening", LogField("port", 8686));
template <std::same_as<LogField>... Fields>
void log_debug(std::string_view component, std::string_view message, const Fields&... fields) {
    write_log(LogLevel::debug, component, message, {fields...});
}

template <std::same_as<LogField>... Fields>
void log_info(std::string_view component, std::string_view message, const Fields&... fields) {
    write_log(LogLevel::info, component, message, {fields...});
}

template <std::same_as<LogField>... Fields>
void log_warning(std::string_view component, std::string_view message, const Fields&... fields) {
    write_log(LogLevel::warning, component, message, {fields...});
}

template <std::same_as<LogField>... Fields>
void log_error(std::string_view component, std::string_view message, const Fields&... fields) {
    write_log(LogLevel::error, component, message, {fields...});
}

// What one event looks like without time and level, for the log and its tests:
// text  `net: listening port=8686`, json  `"component":"net","message":"listening","port":8686`.
std::string log_line(LogFormat format, std::string_view component, std::string_view message,
                     std::initializer_list<LogField> fields);

}  // namespace segmentd::daemon
