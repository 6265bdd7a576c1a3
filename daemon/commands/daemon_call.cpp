#include "daemon/commands/daemon_call.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/settings/secrets.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t largest_answer = std::size_t{16} * 1024 * 1024;

Result<std::string> token_of(const CommandOptions& options);
std::string detail_of(const json::value& problem);

}  // namespace

Result<json::value> call_daemon(const CommandOptions& options, const std::string& path, HttpCall call) {
    TRY(text, text_from_daemon(options, path, std::move(call)));
    boost::system::error_code broken;
    auto value = json::parse(text, broken);
    if (!broken) return value;
    return fail(ErrorCode::unavailable, fmt::format("{}: the answer is not JSON", options.url));
}

Result<std::string> text_from_daemon(const CommandOptions& options, const std::string& path, HttpCall call) {
    TRY(token, token_of(options));
    HttpClientSettings settings;
    settings.body_limit = largest_answer;
    settings.authorities_file = options.authorities_file;
    HttpClient client(settings);
    call.url = options.url + path;
    if (!token.empty()) call.headers.emplace_back("Authorization", "Bearer " + token);
    const auto outcome = client.fetch(call);
    if (!outcome) {
        return fail(ErrorCode::unavailable, fmt::format("{}: {}", options.url, outcome.error().message),
                    "is the daemon running there?");
    }
    if (outcome->status / 100 == 2) return outcome->body;
    boost::system::error_code broken;
    const auto problem = json::parse(outcome->body, broken);
    return fail(outcome->status >= 500 ? ErrorCode::unavailable : ErrorCode::invalid,
                fmt::format("the daemon answered {}{}", outcome->status, broken ? "" : detail_of(problem)),
                outcome->status == 401 ? "name a token with --token" : "");
}

namespace {

Result<std::string> token_of(const CommandOptions& options) {
    if (!options.token.empty() || options.data.empty()) return options.token;
    constexpr std::size_t longest = 4096;
    TRY(text, read_small_file(options.data + "/token", longest));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return std::move(text);
}

std::string detail_of(const json::value& problem) {
    const auto* detail = problem.is_object() ? problem.get_object().if_contains("detail") : nullptr;
    return detail != nullptr && detail->is_string() ? ": " + std::string(detail->get_string()) : std::string();
}

}  // namespace
}  // namespace segmentd::daemon
