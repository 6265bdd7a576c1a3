#include "daemon/net/http_client.hpp"

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "daemon/net/http_exchange.hpp"

namespace segmentd::daemon {
namespace {

namespace asio = boost::asio;

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

}  // namespace

class HttpClient::Core {
  public:
    explicit Core(const HttpClientSettings& settings)
        : share_(settings), work_(share_.io.get_executor()), thread_([this] { share_.io.run(); }) {}

    void send(HttpCall call, Callback callback);
    void stop();

  private:
    const char* refuse_call();
    void begin(HttpCall call, Callback callback);
    void end(const std::shared_ptr<HttpExchange>& exchange);
    void end_all();

    ClientShare share_;
    std::mutex mutex_;  // of the next two
    std::size_t calls_ = 0;
    bool is_stopped_ = false;
    std::set<std::shared_ptr<HttpExchange>> exchanges_;  // of the client's thread
    bool takes_calls_ = true;                            // of the client's thread
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::thread thread_;
};

HttpClient::HttpClient(const HttpClientSettings& settings) : core_(std::make_unique<Core>(settings)) {}
HttpClient::~HttpClient() {
    stop();
}
void HttpClient::send(HttpCall call, Callback callback) {
    core_->send(std::move(call), std::move(callback));
}
void HttpClient::stop() {
    core_->stop();
}

Result<HttpOutcome> HttpClient::fetch(const HttpCall& call) {
    const auto promise = std::make_shared<std::promise<HttpOutcome>>();
    auto future = promise->get_future();
    send(call, [promise](HttpOutcome outcome) { promise->set_value(std::move(outcome)); });
    HttpOutcome outcome = future.get();
    if (outcome.fault != CallFault::none) return fail(ErrorCode::unavailable, outcome.error);
    return outcome;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::chrono::sys_seconds now) {
    constexpr std::int64_t longest = std::int64_t{366} * 24 * 3600;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool is_whole = end == text.data() + text.size() && !text.starts_with('-');
    if (is_whole && error == std::errc()) return std::chrono::seconds(std::min(count, longest));
    if (is_whole && error == std::errc::result_out_of_range) return std::chrono::seconds(longest);
    const auto date = parse_http_date(text);
    if (!date) return std::nullopt;
    return std::clamp(*date - now, std::chrono::seconds(0), std::chrono::seconds(longest));
}

void HttpClient::Core::send(HttpCall call, Callback callback) {
    if (const char* reason = refuse_call()) {
        HttpOutcome outcome;
        outcome.error = reason;
        outcome.fault = CallFault::stopped;
        return callback(std::move(outcome));
    }
    asio::post(share_.io, [this, call = std::move(call), callback = std::move(callback)]() mutable {
        begin(std::move(call), std::move(callback));
    });
}

void HttpClient::Core::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
    }
    if (!thread_.joinable()) return;
    asio::post(share_.io, [this] { end_all(); });
    thread_.join();
}

const char* HttpClient::Core::refuse_call() {
    const std::lock_guard lock(mutex_);
    if (is_stopped_) return "the client is stopped";
    if (calls_ == share_.settings.calls_limit) return "too many calls are under way";
    ++calls_;
    return nullptr;
}

void HttpClient::Core::begin(HttpCall call, Callback callback) {
    const auto slot = std::make_shared<std::weak_ptr<HttpExchange>>();
    auto and_end = [this, slot, callback = std::move(callback)](HttpOutcome outcome) {
        callback(std::move(outcome));
        end(slot->lock());
    };
    const auto exchange = std::make_shared<HttpExchange>(share_, std::move(call), std::move(and_end));
    *slot = exchange;
    exchanges_.insert(exchange);
    takes_calls_ ? exchange->start() : exchange->give_up(CallFault::stopped, "the client is stopped");
}

void HttpClient::Core::end(const std::shared_ptr<HttpExchange>& exchange) {
    exchanges_.erase(exchange);
    const std::lock_guard lock(mutex_);
    --calls_;
}

// From here on the thread ends by itself when nothing waits any more.
void HttpClient::Core::end_all() {
    takes_calls_ = false;
    const auto exchanges = exchanges_;
    for (const auto& exchange : exchanges) exchange->give_up(CallFault::stopped, "the client is stopped");
    share_.idle.clear();
    work_.reset();
}

namespace {

// "Sun, 06 Nov 1994 08:49:37 GMT"; the two obsolete forms are not read.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::size_t length = 29;
    if (text.size() != length || !text.ends_with(" GMT")) return std::nullopt;
    const auto number = [&text](std::size_t start, std::size_t size) {
        int value = -1;
        const auto end = text.data() + start + size;
        return std::from_chars(text.data() + start, end, value).ptr == end ? value : -1;
    };
    const auto month = std::ranges::find(months, text.substr(8, 3));
    const int day = number(5, 2), year = number(12, 4), hour = number(17, 2), minute = number(20, 2);
    const int second = number(23, 2);
    if (month == months.end() || day < 1 || year < 1 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

}  // namespace
}  // namespace segmentd::daemon
