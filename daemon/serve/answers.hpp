// Answers of handlers: JSON or a problem, made by the engine that serves or by a fold beside it.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <string>

#include "daemon/serve/routes.hpp"

namespace segmentd::daemon {

HttpResponse answer_of(const Result<boost::json::value>& value);

// Of the query; empty where it does not stand there.
std::string parameter(const RoutedRequest& request, const char* name);

// From 1 to 10,000.
Result<std::size_t> limit_in(const RoutedRequest& request, std::size_t otherwise);

// "true", or "false" as where it does not stand there.
Result<bool> flag_in(const RoutedRequest& request, const char* name);

// Made on the engine thread, so `make` must be quick.
void answer_from_engine(ServeContext& context, Respond respond,
                        std::function<Result<boost::json::value>(Engine&)> make);

// Made on a fold beside the engine, which stands at a past instant where `at` is not empty (Fold::stand_at).
void answer_beside(ServeContext& context, const std::string& at, Respond respond,
                   std::function<Result<boost::json::value>(Fold&)> make);

}  // namespace segmentd::daemon
