// Standard Webhooks: the known answers of the reference libraries and further cases on which two
// independent implementations agree.
#include "daemon/activation/webhook_signature.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <catch2/catch.hpp>
#include <iostream>
#include <optional>

#include "tests/published_vectors.hpp"

namespace segmentd::daemon {
namespace {

namespace json = boost::json;

using tests::report;
using tests::Tally;

std::optional<json::object> load_vectors(const std::string& name) {
    const auto text = tests::read_vectors(name);
    if (!text) return std::nullopt;
    return json::parse(*text).as_object();
}

std::string text_in(const json::object& object, const char* name) {
    return json::value_to<std::string>(object.at(name));
}

bool is_accepted(const std::string& key, const WebhookHeaders& headers, const std::string& body, std::int64_t now) {
    const std::vector keys{parse_webhook_key(key).value()};
    return verify_webhook(keys, headers, body, now).has_value();
}

// A case holds when the signature is judged as published and, where it is a single valid one, reproduced.
bool holds(const json::object& item) {
    const bool is_ed25519 = item.contains("secret_key");
    const std::string key = text_in(item, is_ed25519 ? "secret_key" : "secret");
    const std::int64_t timestamp = item.at("timestamp").as_int64();
    const WebhookHeaders headers{text_in(item, "webhook_id"), std::to_string(timestamp), text_in(item, "signature")};
    const std::string body = text_in(item, "body");
    const bool is_valid = item.at("valid").as_bool();

    bool all = is_accepted(key, headers, body, timestamp) == is_valid;
    if (is_valid && headers.signature.find(' ') == std::string::npos) {
        const std::vector keys{parse_webhook_key(key).value()};
        all = all && sign_webhook(keys, headers.id, timestamp, body) == headers.signature;
    }
    if (is_ed25519) {
        const std::string seed = "whsk_" + text_in(item, "seed_base64");
        all = all && is_accepted(text_in(item, "public_key"), headers, body, timestamp) == is_valid;
        all = all && parse_webhook_key(seed).value().bytes == parse_webhook_key(key).value().bytes;
    }
    return all;
}

TEST_CASE("the known answers of the Standard Webhooks libraries are given") {
    const std::string name = "webhooks/webhook_standard_known_answers.json";
    const auto vectors = load_vectors(name);
    if (!vectors) return;

    Tally tally;
    const std::string id = text_in(*vectors, "id");
    const std::int64_t timestamp = vectors->at("timestamp").as_int64();
    const std::string body = text_in(*vectors, "body");
    const std::vector keys{parse_webhook_key(text_in(*vectors, "secret")).value()};
    tally.count(sign_webhook(keys, id, timestamp, body) == text_in(*vectors, "signature"), "the signature itself");
    for (const auto& entry : vectors->at("cases").as_array()) {
        const json::object& item = entry.as_object();
        const WebhookHeaders headers{id, std::to_string(timestamp), text_in(item, "header")};
        const bool accepted = is_accepted(text_in(*vectors, "secret"), headers, body, item.at("now").as_int64());
        tally.count(accepted == item.at("accept").as_bool(), text_in(item, "why"));
    }
    report(name, tally);
}

TEST_CASE("the cases on which other implementations of Standard Webhooks agree hold here too") {
    const std::string name = "webhooks/signatures.json";
    const auto vectors = load_vectors(name);
    if (!vectors) return;

    const json::object& section = vectors->at("standard_webhooks").as_object();
    Tally tally;
    for (const auto& entry : section.at("vectors").as_array()) {
        tally.count(holds(entry.as_object()), text_in(entry.as_object(), "id"));
    }
    report(name + ", standard_webhooks", tally);

    Tally tolerance;
    const json::object& published = section.at("vectors").as_array().at(0).as_object();
    const std::int64_t timestamp = published.at("timestamp").as_int64();
    const WebhookHeaders headers{text_in(published, "webhook_id"), std::to_string(timestamp),
                                 text_in(published, "signature")};
    for (const auto& entry : section.at("tolerance_cases").as_array()) {
        const std::int64_t offset = entry.at("now_minus_timestamp_s").as_int64();
        const bool accepted =
            is_accepted(text_in(published, "secret"), headers, text_in(published, "body"), timestamp + offset);
        tolerance.count(accepted == entry.at("accept").as_bool(), std::to_string(offset) + " s");
    }
    report(name + ", tolerance", tolerance);
    std::cout << name << ", left out: the sections of other schemes, which have verifiers of their own\n";
}

TEST_CASE("the published signature of Standard Webhooks holds without the vectors") {
    const std::vector keys{parse_webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value()};

    CHECK(sign_webhook(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})") ==
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

}  // namespace
}  // namespace segmentd::daemon
