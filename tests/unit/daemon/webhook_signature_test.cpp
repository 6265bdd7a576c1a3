#include "daemon/activation/webhook_signature.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "daemon/net/base64.hpp"

namespace segmentd::daemon {
namespace {

const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t timestamp = 1614265330;
const std::string body = R"({"test": 2432232314})";

std::vector<WebhookKey> keys_of(const std::vector<std::string>& texts) {
    std::vector<WebhookKey> keys;
    for (const auto& text : texts) keys.push_back(parse_webhook_key(text).value());
    return keys;
}

bool is_accepted(const std::vector<WebhookKey>& keys, const WebhookHeaders& headers, std::int64_t now) {
    return verify_webhook(keys, headers, body, now).has_value();
}

std::string key_of_size(const std::string& prefix, std::size_t size) {
    return prefix + to_base64(std::string(size, 'k'));
}

TEST_CASE("the vector of the Standard Webhooks libraries is reproduced") {
    const auto keys = keys_of({secret});

    const auto header = sign_webhook(keys, id, timestamp, body);

    CHECK(header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    CHECK(is_accepted(keys, {id, std::to_string(timestamp), header}, timestamp));
}

TEST_CASE("during a rotation both secrets sign and each alone verifies") {
    const auto both = keys_of({key_of_size("whsec_", 32), secret});

    const auto header = sign_webhook(both, id, timestamp, body);

    CHECK(header.ends_with(" v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    CHECK(is_accepted({both[0]}, {id, std::to_string(timestamp), header}, timestamp));
    CHECK(is_accepted({both[1]}, {id, std::to_string(timestamp), header}, timestamp));
    CHECK(!is_accepted(keys_of({key_of_size("whsec_", 24)}), {id, std::to_string(timestamp), header}, timestamp));
}

TEST_CASE("what an Ed25519 key signs its public key verifies") {
    // RFC 8032, section 7.1, TEST 1: the seed and its public key
    const std::string seed = from_base64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").value();
    const std::string public_key = from_base64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").value();
    const auto signing = keys_of({"whsk_" + to_base64(seed)});
    const auto verifying = keys_of({"whpk_" + to_base64(public_key)});

    const WebhookHeaders headers{id, std::to_string(timestamp), sign_webhook(signing, id, timestamp, body)};

    CHECK(headers.signature.starts_with("v1a,"));
    CHECK(signing[0].bytes == seed + public_key);
    CHECK(parse_webhook_key("whsk_" + to_base64(seed + public_key)).value().bytes == signing[0].bytes);
    CHECK(is_accepted(verifying, headers, timestamp));
    CHECK(is_accepted(signing, headers, timestamp));
    CHECK(!is_accepted(keys_of({secret}), headers, timestamp));
    CHECK(!is_accepted(keys_of({key_of_size("whpk_", 32)}), headers, timestamp));
}

TEST_CASE("a webhook of up to 300 seconds before or after now is accepted") {
    const auto keys = keys_of({secret});
    const WebhookHeaders headers{id, std::to_string(timestamp), sign_webhook(keys, id, timestamp, body)};

    CHECK(is_accepted(keys, headers, timestamp + 300));
    CHECK(is_accepted(keys, headers, timestamp - 300));
    CHECK(!is_accepted(keys, headers, timestamp + 301));
    CHECK(!is_accepted(keys, headers, timestamp - 301));
}

TEST_CASE("headers that are missing or malformed are refused with the reason") {
    const auto keys = keys_of({secret});
    const std::string good = sign_webhook(keys, id, timestamp, body);
    const std::string time = std::to_string(timestamp);
    const auto reason = [&](const WebhookHeaders& headers) {
        const auto verified = verify_webhook(keys, headers, body, timestamp);
        return verified ? "" : verified.error().message;
    };

    CHECK(reason({"", time, good}) == "webhook-id is missing or holds a full stop");
    CHECK(reason({"a.b", time, good}) == "webhook-id is missing or holds a full stop");
    for (const std::string bad :
         {"", " 1614265330", "1614265330 ", "+1614265330", "-1", "1e9", "9999999999999999999"}) {
        CHECK(reason({id, bad, good}) == "webhook-timestamp is no count of seconds");
    }
    CHECK(reason({id, time, ""}) == "no signature in webhook-signature fits");
    CHECK(reason({id, time, "v2" + good.substr(2)}) == "no signature in webhook-signature fits");
    CHECK(reason({id, time, "x  v9,abc " + good}).empty());
}

TEST_CASE("only the first twenty signatures are looked at") {
    const auto keys = keys_of({secret});
    const std::string good = sign_webhook(keys, id, timestamp, body);
    std::string before;
    for (int i = 0; i < 19; ++i) before += "v1,x ";

    CHECK(is_accepted(keys, {id, std::to_string(timestamp), before + good}, timestamp));
    CHECK(!is_accepted(keys, {id, std::to_string(timestamp), before + "v1,x " + good}, timestamp));
}

TEST_CASE("keys of the wrong size, form or name are refused without being repeated") {
    CHECK(parse_webhook_key(key_of_size("whsec_", 24)).has_value());
    CHECK(parse_webhook_key(key_of_size("whsec_", 64)).has_value());
    for (const auto& text : {key_of_size("whsec_", 23), key_of_size("whsec_", 65), key_of_size("whsk_", 33),
                             key_of_size("whsk_", 64), key_of_size("whpk_", 31), key_of_size("", 32),
                             std::string("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"), std::string()}) {
        const auto key = parse_webhook_key(text);

        CAPTURE(text);
        REQUIRE(!key);
        CHECK((text.empty() || key.error().message.find(text) == std::string::npos));
    }
}

TEST_CASE("a new secret is one that can be used, and never the same") {
    const std::string first = make_webhook_secret();

    CHECK(parse_webhook_key(first).value().bytes.size() == 32);
    CHECK(first != make_webhook_secret());
}

}  // namespace
}  // namespace segmentd::daemon
