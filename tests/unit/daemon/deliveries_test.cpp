// The deliveries against real servers on this machine.
#include "daemon/activation/deliveries.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "daemon/net/http_server.hpp"

namespace segmentd::daemon {
namespace {

constexpr auto patience = std::chrono::seconds(10);

Outgoing event(const std::string& id, const std::string& endpoint = "crm") {
    return {id, EndpointId(endpoint), "touch", CustomerId("ada"), {}, R"({"customer":"ada"})"};
}

// A system that receives, answers with a status, and keeps the ids that came.
class Receiver {
  public:
    explicit Receiver(int status = 204) : status_(status) {
        server_ = HttpServer::start({}, [this](HttpRequest request, Respond respond) {
                      const std::lock_guard lock(mutex_);
                      ids_.emplace_back(request.header("webhook-id"));
                      HttpResponse response;
                      response.status = status_;
                      if (is_silent_) return held_.push_back(std::move(respond));
                      respond(std::move(response));
                  }).value();
    }
    ~Receiver() {
        answer_at_last();
        server_->stop(std::chrono::seconds(1));
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/"; }
    std::vector<std::string> ids() const {
        const std::lock_guard lock(mutex_);
        return ids_;
    }
    void answer(int status) {
        const std::lock_guard lock(mutex_);
        status_ = status;
    }
    void be_silent() {
        const std::lock_guard lock(mutex_);
        is_silent_ = true;
    }
    void answer_at_last() {
        const std::lock_guard lock(mutex_);
        for (const auto& respond : held_) respond({});
        held_.clear();
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> ids_;
    std::vector<Respond> held_;
    int status_;
    bool is_silent_ = false;
    std::unique_ptr<HttpServer> server_;
};

Destination to(const Receiver& receiver) {
    Destination destination;
    destination.url = receiver.url();
    destination.keys = {{WebhookKey::Kind::shared, std::string(32, 'k')}};
    AddressRules rules;
    rules.trusts_numbers = true;
    destination.addresses = std::make_shared<const AddressRules>(rules);
    return destination;
}

// Deliveries whose results and wishes are kept.
class Sending {
  public:
    explicit Sending(std::map<EndpointId, Destination> destinations)
        : deliveries({.on_result =
                          [this](const Outgoing&, const DeliveryRecord& record) {
                              const std::lock_guard lock(mutex_);
                              records_.push_back(record);
                              changed_.notify_all();
                          },
                      .on_room =
                          [this](const EndpointId& endpoint) {
                              const std::lock_guard lock(mutex_);
                              rooms_.push_back(endpoint.text);
                          }}) {
        deliveries.configure(std::move(destinations));
    }
    ~Sending() { deliveries.stop(); }

    std::vector<DeliveryRecord> records(std::size_t count) {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, patience, [&] { return records_.size() >= count; }));
        return records_;
    }
    std::vector<std::string> rooms() {
        const std::lock_guard lock(mutex_);
        return rooms_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<DeliveryRecord> records_;
    std::vector<std::string> rooms_;

  public:
    Deliveries deliveries;
};

}  // namespace

TEST_CASE("events arrive under their ids and are reported as delivered") {
    const Receiver receiver;
    Sending sending({{EndpointId("crm"), to(receiver)}});

    sending.deliveries.deliver(event("a"), 0, {});
    sending.deliveries.deliver(event("a"), 0, {});
    sending.deliveries.deliver(event("b"), 2, {});

    const auto records = sending.records(2);
    auto ids = receiver.ids();
    std::ranges::sort(ids);
    CHECK(ids == std::vector<std::string>{"a", "b"});
    CHECK(records[0].outcome == DeliveryOutcome::delivered);
    CHECK(records[0].attempt + records[1].attempt == 4);
}

TEST_CASE("an endpoint that never answers does not hold up another") {
    Receiver silent;
    silent.be_silent();
    const Receiver good;
    auto slow = to(silent);
    slow.concurrency = 2;
    Sending sending({{EndpointId("slow"), slow}, {EndpointId("crm"), to(good)}});

    for (int i = 0; i < 50; ++i) sending.deliveries.deliver(event("s" + std::to_string(i), "slow"), 0, {});
    for (int i = 0; i < 50; ++i) sending.deliveries.deliver(event("g" + std::to_string(i)), 0, {});

    for (const auto& record : sending.records(50)) CHECK(record.touch.front() == 'g');
    CHECK(good.ids().size() == 50);
    CHECK(sending.deliveries.status().at(EndpointId("slow")).lane.under_way == 2);
    CHECK(sending.deliveries.status().at(EndpointId("slow")).lane.waiting == 48);
}

TEST_CASE("a stop waits for the answer to what is under way, so that it is not sent again") {
    Receiver crm;
    crm.be_silent();
    Sending sending({{EndpointId("crm"), to(crm)}});
    sending.deliveries.deliver(event("touch_1"), 0, Duration(0));
    while (crm.ids().empty()) std::this_thread::yield();

    auto stop = std::async(std::launch::async, [&] { sending.deliveries.stop(patience); });
    CHECK(stop.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
    crm.answer_at_last();
    stop.get();
    CHECK(sending.records(1).front().outcome == DeliveryOutcome::delivered);
}

TEST_CASE("a stop without patience breaks off what is under way and reports nothing of it") {
    Receiver crm;
    crm.be_silent();
    Sending sending({{EndpointId("crm"), to(crm)}});
    sending.deliveries.deliver(event("touch_1"), 0, Duration(0));
    while (crm.ids().empty()) std::this_thread::yield();
    sending.deliveries.stop();
    CHECK(sending.records(0).empty());
}

TEST_CASE("five failures open the breaker and the rest waits without losing an attempt") {
    Receiver receiver(500);
    auto destination = to(receiver);
    destination.concurrency = 1;
    Sending sending({{EndpointId("crm"), destination}});

    for (int i = 0; i < 8; ++i) sending.deliveries.deliver(event(std::to_string(i)), 0, {});

    const auto records = sending.records(5);
    CHECK(records.back().cause == "http_5xx");
    CHECK(records.back().retry_in_ms >= 4000);
    CHECK(receiver.ids().size() == 5);
    const auto status = sending.deliveries.status().at(EndpointId("crm")).lane;
    CHECK(status.breaker == Breaker::State::open);
    CHECK(status.waiting == 8);
    receiver.answer(204);
    sending.deliveries.resume(EndpointId("crm"));
    CHECK(sending.records(8).back().outcome == DeliveryOutcome::delivered);
}

TEST_CASE("410 disables the endpoint, and a resumed one goes on") {
    Receiver receiver(410);
    auto destination = to(receiver);
    destination.concurrency = 1;
    Sending sending({{EndpointId("crm"), destination}});

    sending.deliveries.deliver(event("a"), 0, {});
    sending.deliveries.deliver(event("b"), 0, {});

    const auto record = sending.records(1).front();
    CHECK(record.cause == "gone");
    CHECK(record.outcome == DeliveryOutcome::given_up);
    CHECK(sending.deliveries.status().at(EndpointId("crm")).lane.stop == EndpointStop::gone);
    receiver.answer(204);
    sending.deliveries.resume(EndpointId("crm"));
    CHECK(sending.records(2)[1].outcome == DeliveryOutcome::delivered);
}

TEST_CASE("an event that its endpoint's mapping has no value for is given up without a call") {
    const Receiver receiver;
    auto destination = to(receiver);
    destination.body.whole =
        rules::expression::compile("event.data.arm", rules::envelope_scope(), rules::expression::Limits{}).value();
    Sending sending({{EndpointId("crm"), destination}});

    sending.deliveries.deliver(event("a"), 0, {});

    const auto record = sending.records(1).front();
    CHECK(record.cause == "body_mapping");
    CHECK(record.detail == "the map has no key arm");
    CHECK(record.outcome == DeliveryOutcome::given_up);
    CHECK(receiver.ids().empty());
}

TEST_CASE("an address that may not be called is a failure with that cause") {
    const Receiver receiver;
    auto destination = to(receiver);
    destination.url = "http://169.254.169.254/latest/meta-data";
    Sending sending({{EndpointId("crm"), destination}});

    sending.deliveries.deliver(event("a"), 0, {});

    CHECK(sending.records(1).front().cause == "address_refused");
}

TEST_CASE("an endpoint that gets an address, or another one, begins anew and is asked for what waits") {
    const Receiver first, second;
    Sending sending({});
    sending.deliveries.deliver(event("a"), 0, {});
    CHECK(sending.deliveries.waiting() == 0);

    sending.deliveries.configure({{EndpointId("crm"), to(first)}});
    CHECK(sending.rooms() == std::vector<std::string>{"crm"});
    sending.deliveries.configure({{EndpointId("crm"), to(first)}});
    CHECK(sending.rooms().size() == 1);
    sending.deliveries.configure({{EndpointId("crm"), to(second)}});
    CHECK(sending.rooms().size() == 2);
    sending.deliveries.deliver(event("a"), 0, {});
    sending.records(1);

    CHECK(first.ids().empty());
    CHECK(second.ids() == std::vector<std::string>{"a"});
}

TEST_CASE("a test sends a sample at once, past queue and trouble of others, and notes nothing") {
    const Receiver receiver(202);
    Sending sending({{EndpointId("crm"), to(receiver)}});
    rules::EventEnvelope sample;
    sample.id = "test_1";
    sample.type = "endpoint.test";
    std::promise<TestOutcome> promise;
    auto future = promise.get_future();

    REQUIRE(sending.deliveries.test(EndpointId("crm"), sample,
                                    [&](const TestOutcome& outcome) { promise.set_value(outcome); }));

    REQUIRE(future.wait_for(patience) == std::future_status::ready);
    CHECK(future.get().judgement.status == 202);
    CHECK(receiver.ids() == std::vector<std::string>{"test_1"});
    CHECK(sending.deliveries.waiting() == 0);
    CHECK_FALSE(sending.deliveries.test(EndpointId("other"), sample, [](const TestOutcome&) {}));
}

TEST_CASE("an event whose due lies ahead waits for it") {
    const Receiver receiver;
    Sending sending({{EndpointId("crm"), to(receiver)}});

    sending.deliveries.deliver(event("later"), 1, std::chrono::hours(1));
    sending.deliveries.deliver(event("now"), 0, Duration(-1));

    CHECK(sending.records(1).front().touch == "now");
    CHECK(sending.deliveries.waiting() == 1);
}

}  // namespace segmentd::daemon
