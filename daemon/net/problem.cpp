#include "daemon/net/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace segmentd::daemon {
namespace {

std::string json_text(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text));
}
int status_of(ErrorCode code);

}  // namespace

HttpResponse problem_response(const Problem& problem) {
    const std::string_view title = problem.title.empty() ? reason_phrase(problem.status) : problem.title;
    HttpResponse response;
    response.status = problem.status;
    response.content_type = "application/problem+json";
    response.body = "{\"type\":" + json_text(problem.type) + ",\"title\":" + json_text(title) +
                    ",\"status\":" + std::to_string(problem.status);
    if (!problem.detail.empty()) response.body += ",\"detail\":" + json_text(problem.detail);
    for (const auto& [name, json] : problem.members) response.body += "," + json_text(name) + ":" + json;
    response.body += '}';
    return response;
}

HttpResponse problem_response(const Error& error) {
    Problem problem;
    problem.status = status_of(error.code);
    problem.detail = error.hint.empty() ? error.message : error.message + "; " + error.hint;
    if (!error.rule.empty()) problem.members.emplace_back("rule", json_text(error.rule));
    if (!error.where.file.empty()) {
        const boost::json::object where{
            {"file", error.where.file}, {"line", error.where.line}, {"column", error.where.column}};
        problem.members.emplace_back("where", boost::json::serialize(where));
    }
    return problem_response(problem);
}

namespace {

int status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid: return 400;
        case ErrorCode::not_found: return 404;
        case ErrorCode::conflict: return 409;
        case ErrorCode::limit: return 429;
        case ErrorCode::unavailable: return 503;
        case ErrorCode::unsupported: return 501;
        case ErrorCode::corrupt:
        case ErrorCode::io: return 500;
    }
    return 500;
}

}  // namespace
}  // namespace segmentd::daemon
