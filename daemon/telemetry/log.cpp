#include "daemon/telemetry/log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

namespace segmentd::daemon {
namespace {

struct Log {
    std::shared_ptr<spdlog::logger> logger;
    LogFormat format = LogFormat::json;
};

// Guarded, so that the log may be started while other threads already write.
struct Holder {
    std::mutex mutex;
    Log log;
};

Holder& holder();
Log current_log();
Log make_log(const LogSettings& settings);
std::unique_ptr<spdlog::formatter> formatter_of(LogFormat format);
bool is_journald_reading();

// "<6>" and the like at the start of a line: journald takes it as the line's priority.
class PriorityFlag final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& line) override;
    std::unique_ptr<spdlog::custom_flag_formatter> clone() const override { return std::make_unique<PriorityFlag>(); }
};

spdlog::level::level_enum to_spdlog(LogLevel level);
std::string json_text(std::string_view text);
bool is_plain(std::string_view json);

}  // namespace

Result<LogLevel> parse_log_level(std::string_view word) {
    if (word == "debug") return LogLevel::debug;
    if (word == "info") return LogLevel::info;
    if (word == "warning") return LogLevel::warning;
    if (word == "error") return LogLevel::error;
    return fail(ErrorCode::invalid, fmt::format("'{}' is no log level", word), "use debug, info, warning or error");
}

Result<LogFormat> parse_log_format(std::string_view word) {
    if (word == "auto") return LogFormat::automatic;
    if (word == "text") return LogFormat::text;
    if (word == "json") return LogFormat::json;
    return fail(ErrorCode::invalid, fmt::format("'{}' is no log format", word), "use auto, text or json");
}

LogField::LogField(std::string_view name, std::string_view text) : LogField(Json{}, name, json_text(text)) {}

LogField::LogField(std::string_view name, double number)
    : LogField(Json{}, name, std::isfinite(number) ? fmt::format("{}", number) : "null") {}

void start_log(const LogSettings& settings) {
    Log log = make_log(settings);
    const std::lock_guard lock(holder().mutex);
    holder().log = std::move(log);
}

void write_log(LogLevel level, std::string_view component, std::string_view message,
               std::initializer_list<LogField> fields) {
    const Log log = current_log();
    if (!log.logger->should_log(to_spdlog(level))) return;
    const std::string line = log_line(log.format, component, message, fields);
    log.logger->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

std::string log_line(LogFormat format, std::string_view component, std::string_view message,
                     std::initializer_list<LogField> fields) {
    if (format == LogFormat::json) {
        std::string line = fmt::format("\"component\":{},\"message\":{}", json_text(component), json_text(message));
        for (const LogField& field : fields) line += fmt::format(",{}:{}", json_text(field.name()), field.json());
        return line;
    }
    std::string line = fmt::format("{}: {}", component, message);
    for (const LogField& field : fields) {
        const std::string_view json = field.json();
        line += fmt::format(" {}={}", field.name(), is_plain(json) ? json.substr(1, json.size() - 2) : json);
    }
    return line;
}

namespace {

Holder& holder() {
    static Holder only{.mutex = {}, .log = make_log({})};
    return only;
}

Log current_log() {
    const std::lock_guard lock(holder().mutex);
    return holder().log;
}

Log make_log(const LogSettings& settings) {
    const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
    Log log;
    log.format = settings.format;
    if (log.format == LogFormat::automatic) log.format = is_terminal ? LogFormat::text : LogFormat::json;

    std::shared_ptr<spdlog::sinks::sink> sink;
    if (is_terminal) {
        sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
    } else {
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }
    log.logger = std::make_shared<spdlog::logger>("segmentd", std::move(sink));
    log.logger->set_level(to_spdlog(settings.level));
    log.logger->set_formatter(formatter_of(log.format));
    return log;
}

std::unique_ptr<spdlog::formatter> formatter_of(LogFormat format) {
    if (format == LogFormat::text) return std::make_unique<spdlog::pattern_formatter>("%H:%M:%S.%e %^%-7l%$ %v");
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<PriorityFlag>('P');
    const std::string json = R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})";
    formatter->set_pattern(is_journald_reading() ? "%P" + json : json);
    return formatter;
}

void PriorityFlag::format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& line) {
    std::string_view priority = SD_INFO;
    if (message.level == spdlog::level::debug) priority = SD_DEBUG;
    if (message.level == spdlog::level::warn) priority = SD_WARNING;
    if (message.level == spdlog::level::err) priority = SD_ERR;
    line.append(priority.data(), priority.data() + priority.size());
}

// The service manager names the socket that journald reads; a pipe put in between is not that socket.
bool is_journald_reading() {
    const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    struct stat status{};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
    return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string json_text(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            json += {'\\', c};
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            json += c;
        }
    }
    return json + '"';
}

// A quoted text that a reader of a text line needs no quotes for.
bool is_plain(std::string_view json) {
    if (json.size() <= 2 || json.front() != '"') return false;
    return json.substr(1, json.size() - 2).find_first_of(" =\"\\") == std::string_view::npos;
}

}  // namespace
}  // namespace segmentd::daemon
