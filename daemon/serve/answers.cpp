#include "daemon/serve/answers.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <memory>

#include "base/json_text.hpp"
#include "daemon/net/problem.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

HttpResponse answer_of(const Result<json::value>& value) {
    if (!value) return problem_response(value.error());
    return {.status = 200, .body = json_text(*value), .headers = {}};
}

std::string parameter(const RoutedRequest& request, const char* name) {
    const auto found = request.parameters.find(name);
    return found == request.parameters.end() ? std::string() : found->second;
}

Result<std::size_t> limit_in(const RoutedRequest& request, std::size_t otherwise) {
    const auto text = parameter(request, "limit");
    if (text.empty()) return otherwise;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (is_number && limit >= 1 && limit <= 10'000) return limit;
    return fail(ErrorCode::invalid, "limit is a number from 1 to 10000");
}

Result<bool> flag_in(const RoutedRequest& request, const char* name) {
    const auto found = request.parameters.find(name);
    if (found == request.parameters.end() || found->second == "false") return false;
    if (found->second == "true") return true;
    return fail(ErrorCode::invalid, std::string(name) + " is true or false");
}

void answer_from_engine(ServeContext& context, Respond respond, std::function<Result<json::value>(Engine&)> make) {
    const bool asked =
        context.host.ask([respond, make = std::move(make)](Engine& engine) { respond(answer_of(make(engine))); });
    if (!asked) respond(busy_response(context));
}

void answer_beside(ServeContext& context, const std::string& at, Respond respond,
                   std::function<Result<json::value>(Fold&)> make) {
    const auto answer = std::make_shared<json::value>();
    Host::Beside task;
    task.at = at;
    task.work = [answer, make = std::move(make)](Fold& fold) -> Result<void> {
        TRY(made, make(fold));
        *answer = std::move(made);
        return {};
    };
    task.done = [answer, respond](const Result<void>& done) {
        respond(done ? answer_of(std::move(*answer)) : problem_response(done.error()));
    };
    if (auto taken = context.host.try_beside(std::move(task)); !taken) respond(busy_response(taken.error()));
}

}  // namespace segmentd::daemon
