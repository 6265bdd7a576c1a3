#include "daemon/serve/operation.hpp"

#include "daemon/net/problem.hpp"
#include "daemon/telemetry/log.hpp"
#include "daemon/telemetry/process_figures.hpp"

namespace segmentd::daemon {
namespace {

constexpr const char* disk_full_retry_seconds = "30";

Gauge& disk_full(Metrics& metrics) {
    return metrics.gauge({"segmentd_disk_full", "1 while the disk has no room for the journal."}, {});
}

Counter& deliveries(Metrics& metrics, DeliveryOutcome outcome) {
    return metrics.counter({"segmentd_deliveries_total", "Attempts to deliver a touch, by outcome."},
                           {{"outcome", to_word(outcome)}});
}

void set_process_figures(Metrics& metrics) {
    const auto figures = read_process_figures();
    const auto set = [&](const char* name, const char* help, double value) {
        metrics.gauge({name, help}, {}).set(value);
    };
    set("process_resident_memory_bytes", "Memory of the process that is in RAM.", figures.resident_bytes);
    set("process_open_fds", "File descriptors that are open.", figures.open_files);
    set("process_start_time_seconds", "When the process started, in seconds since 1970.", figures.started_at_seconds);
}

double seconds_of(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

double event_lag_seconds(const Host& host) {
    const auto oldest = host.oldest_undurable();
    if (!oldest) return 0;
    return std::max(0.0, seconds_of(std::chrono::floor<Duration>(std::chrono::system_clock::now()) - *oldest));
}

}  // namespace

CommitWatch watch_commits(Metrics& metrics) {
    auto& seconds = metrics.histogram({"segmentd_commit_seconds", "How long a commit took, its sync included."},
                                      bounds_of_seconds());
    auto& full = disk_full(metrics);
    for (const auto outcome : {DeliveryOutcome::delivered, DeliveryOutcome::failed, DeliveryOutcome::given_up}) {
        deliveries(metrics, outcome);
    }
    CommitWatch watch;
    watch.on_commit = [&seconds](std::chrono::duration<double> took) { seconds.observe(took.count()); };
    watch.on_disk_full = [&full](const Error& error) {
        full.set(1);
        log_error("store", "the disk is full; nothing is taken in until there is room",
                  LogField("error", to_text(error)));
    };
    watch.on_room = [&full] {
        full.set(0);
        log_info("store", "the disk has room again; signals are taken in");
    };
    return watch;
}

void count_delivery(Metrics& metrics, DeliveryOutcome outcome) {
    deliveries(metrics, outcome).add(1);
}

HttpResponse busy_response(const ServeContext& context) {
    const bool is_full = context.host.commits().waits_for_disk_space();
    auto response =
        problem_response(Problem{.status = 503, .detail = is_full ? "the disk is full" : "the queue is full"});
    response.headers.emplace_back("Retry-After", is_full ? disk_full_retry_seconds : "1");
    return response;
}

HttpResponse busy_response(const Error& refusal) {
    auto response = problem_response(refusal);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

void answer_health(ServeContext& context, RoutedRequest request, Respond respond) {
    const bool is_ready = request.http.path != "/readyz" || context.host.commits().has_room();
    if (!is_ready) return respond(busy_response(context));
    respond({.status = 200, .content_type = "text/plain; charset=utf-8", .body = "ok\n", .headers = {}});
}

void answer_metrics(ServeContext& context, RoutedRequest, Respond respond) {
    const auto& host = context.host;
    const auto store = context.host.commits().status();
    const auto set = [&](const char* name, const char* help, auto value) {
        context.metrics.gauge({name, help}, {}).set(static_cast<double>(value));
    };
    context.metrics
        .gauge({"segmentd_build_info", "1, with the version of the program."}, {{"version", SEGMENTD_VERSION}})
        .set(1);
    set_process_figures(context.metrics);
    set("segmentd_durable_records", "Records of the journal that are on the disk.", store.head.size);
    set("segmentd_customers", "Customers with at least one record.", store.customers);
    set("segmentd_records_waiting", "Records in the queue of the engine.", host.waiting());
    set("segmentd_records_waiting_for_disk", "Records applied and not yet durable.", context.host.commits().waiting());
    set("segmentd_event_lag_seconds", "Age of the oldest input that is not durable.", event_lag_seconds(host));
    set("segmentd_timers_waiting", "Customers whose segments can change by time alone.", host.timers());
    set("segmentd_timer_lag_seconds", "For how long the next timer has been due.", seconds_of(host.timer_lag()));
    set("segmentd_clock_held", "1 while a step of the wall clock waits to be confirmed.", host.clock_is_held());
    for (const auto& [segment, customers] : host.undecided()) {
        context.metrics
            .gauge({"segmentd_segment_undecided",
                    "Customers about whom a segment with missing: error could not decide for want of an input."},
                   {{"segment", segment.text}})
            .set(static_cast<double>(customers));
    }
    respond({.status = 200,
             .content_type = "text/plain; version=0.0.4; charset=utf-8",
             .body = context.metrics.prometheus_text(),
             .headers = {}});
}

}  // namespace segmentd::daemon
