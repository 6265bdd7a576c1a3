#include "tests/bench/webhook_sink.hpp"

#include <fmt/format.h>

#include "tests/bench/benchmark_run.hpp"

namespace segmentd::bench {

WebhookSink::WebhookSink()
    : server_(must(daemon::HttpServer::start({}, [this](const daemon::HttpRequest& request, const auto& respond) {
          take(request);
          respond({.body = "{}", .headers = {}});
      }))) {}

std::string WebhookSink::url() const {
    return fmt::format("http://127.0.0.1:{}/hooks", server_->port());
}

bool WebhookSink::wait_for(std::size_t events, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, patience, [&] { return ids_.size() >= events; });
}

std::size_t WebhookSink::events() const {
    const std::lock_guard lock(mutex_);
    return ids_.size();
}

std::size_t WebhookSink::repetitions() const {
    const std::lock_guard lock(mutex_);
    return repetitions_;
}

Arrival WebhookSink::last() const {
    const std::lock_guard lock(mutex_);
    return arrivals_.empty() ? Arrival{} : arrivals_.back();
}

std::vector<Arrival> WebhookSink::arrivals() const {
    const std::lock_guard lock(mutex_);
    return arrivals_;
}

void WebhookSink::take(const daemon::HttpRequest& request) {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (!ids_.emplace(request.header("webhook-id")).second) {
            ++repetitions_;
            return;
        }
        arrivals_.push_back({now, request.headers, request.body});
    }
    arrived_.notify_all();
}

}  // namespace segmentd::bench
