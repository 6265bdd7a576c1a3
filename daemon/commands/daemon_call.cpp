#include "daemon/commands/daemon_call.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/net/http_client.hpp"
#include "daemon/serve/admin_token.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

std::string detail_of(const HttpOutcome& outcome, const json::value& body) {
    const auto* problem = body.if_object();
    if (problem != nullptr) {
        for (const char* name : {"detail", "title"}) {
            const auto* text = problem->if_contains(name);
            if (text != nullptr && text->is_string()) return std::string(text->get_string());
        }
    }
    return fmt::format("the daemon answered {}", outcome.status);
}

ErrorCode code_of(int status) {
    switch (status) {
        case 404: return ErrorCode::not_found;
        case 409: return ErrorCode::conflict;
        case 503: return ErrorCode::unavailable;
        default: return ErrorCode::invalid;
    }
}

}  // namespace

Result<json::value> call_daemon(const CommandOptions& options, const std::string& method, const std::string& path,
                                const std::string& body) {
    HttpCall call;
    call.url = options.url + path;
    call.method = method;
    call.body = body;
    if (!body.empty()) call.headers.emplace_back("Content-Type", "application/json");
    auto token = options.token;
    if (token.empty() && !options.data.empty()) {
        TRY(kept, admin_token(options.data));
        token = kept;
    }
    if (!token.empty()) call.headers.emplace_back("Authorization", "Bearer " + token);
    HttpClient client(HttpClientSettings{});
    const auto outcome = client.fetch(call);
    if (!outcome) {
        return fail(ErrorCode::unavailable, options.url + ": " + outcome.error().message,
                    "is the daemon running there?");
    }
    json::error_code broken;
    auto value = json::parse(outcome->body, broken);
    if (outcome->status >= 200 && outcome->status < 300 && !broken) return value;
    return fail(code_of(outcome->status), detail_of(*outcome, value));
}

}  // namespace segmentd::daemon
