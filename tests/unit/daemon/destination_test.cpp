#include "daemon/activation/destination.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "daemon/serve/destinations.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::int64_t moment = 1614265330;
constexpr const char* secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

rules::EventEnvelope event_of_ada() {
    return envelope_of(
        {"msg_1", EndpointId("crm"), "touch", CustomerId("ada"), tests::at("2027-01-02"), R"({"customer":"ada"})"},
        "/segmentd/shop");
}

// The endpoint of a workspace of one, with its address and secrets in a folder.
Result<std::optional<Destination>> destination(const TemporaryFolder& folder, const std::string& keys) {
    Settings settings;
    settings.data = folder.path() / "data";
    settings.endpoints["crm"].url = "https://crm.example/hooks";
    settings.endpoints["crm"].secret = secret;
    const auto book = compile_workspace(tests::shop("endpoint: crm\nowner: dana\n" + keys));
    INFO((book ? std::string() : to_text(book.error().front())));
    REQUIRE(book.has_value());
    return destination_of(settings, **book, 0);
}

void keep_secret(const TemporaryFolder& folder, const std::string& name, const std::string& text) {
    const auto path = folder.write("data/secrets/" + name, text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
}

}  // namespace

TEST_CASE("a call is a signed CloudEvent unless the endpoint wants something else") {
    const TemporaryFolder folder;
    const auto plain = destination(folder, "");
    REQUIRE(plain.has_value());

    const auto call = make_call(**plain, event_of_ada(), moment).value();

    CHECK(call.url == "https://crm.example/hooks");
    CHECK(find_header(call.headers, "content-type") == "application/cloudevents+json");
    CHECK(call.body == rules::cloud_event(event_of_ada()));
    const WebhookHeaders headers{std::string(find_header(call.headers, "webhook-id")),
                                 std::string(find_header(call.headers, "webhook-timestamp")),
                                 std::string(find_header(call.headers, "webhook-signature"))};
    CHECK(verify_webhook(std::vector{parse_webhook_key(secret).value()}, headers, call.body, moment).has_value());
}

TEST_CASE("while a secret is being replaced, a call is signed with the new and the previous one") {
    const TemporaryFolder folder;
    const std::string new_secret = make_webhook_secret();
    Settings settings;
    settings.endpoints["crm"].url = "https://crm.example/hooks";
    settings.endpoints["crm"].secret = new_secret;
    settings.endpoints["crm"].previous_secret = secret;
    const auto book = compile_workspace(tests::shop("endpoint: crm\nowner: dana\n"));
    const auto rotating = destination_of(settings, **book, 0);
    REQUIRE(rotating.has_value());

    const auto call = make_call(**rotating, event_of_ada(), moment).value();

    const WebhookHeaders headers{std::string(find_header(call.headers, "webhook-id")),
                                 std::string(find_header(call.headers, "webhook-timestamp")),
                                 std::string(find_header(call.headers, "webhook-signature"))};
    CHECK(std::ranges::count(headers.signature, ' ') == 1);
    for (const auto& known : {std::string(secret), new_secret})
        CHECK(verify_webhook(std::vector{parse_webhook_key(known).value()}, headers, call.body, moment).has_value());
}

TEST_CASE("headers, body and content type are as the endpoint says, and the signature is over that body") {
    const TemporaryFolder folder;
    const auto mapped = destination(folder, "headers: {X-Shop: records}\nbody: {who: event.subject}\n");
    REQUIRE(mapped.has_value());

    const auto call = make_call(**mapped, event_of_ada(), moment).value();

    CHECK(call.body == R"({"who": "ada"})");
    CHECK(find_header(call.headers, "content-type") == "application/json");
    CHECK(find_header(call.headers, "x-shop") == "records");
    CHECK(find_header(call.headers, "webhook-signature") ==
          sign_webhook(std::vector{parse_webhook_key(secret).value()}, "msg_1", moment, call.body));
}

TEST_CASE("bearer and basic authentication take their secrets by name from the data folder") {
    const TemporaryFolder folder;
    keep_secret(folder, "crm_token", "open sesame\n");
    const auto bearer = destination(folder, "authentication: {bearer: crm_token}\n");
    const auto basic = destination(folder, "authentication: {basic: {user: shop, password: crm_token}}\n");

    const auto header = [](const Result<std::optional<Destination>>& from) {
        return std::string(find_header(make_call(**from, event_of_ada(), moment)->headers, "authorization"));
    };
    CHECK(header(bearer) == "Bearer open sesame");
    CHECK(header(basic) == "Basic c2hvcDpvcGVuIHNlc2FtZQ==");
}

TEST_CASE("HMAC authentication signs the body, in hex or base64, behind a prefix") {
    // RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?".
    const TemporaryFolder folder;
    keep_secret(folder, "crm_hmac", "Jefe");
    const std::string body = "body: '\"what do ya want for nothing?\"'\ncontent_type: text/plain\n";
    const auto hex =
        destination(folder, body + "authentication: {hmac: {header: X-Sign, secret: crm_hmac, prefix: sha256=}}\n");
    const auto base64 =
        destination(folder, body + "authentication: {hmac: {header: X-Sign, secret: crm_hmac, encoding: base64}}\n");

    const auto header = [](const Result<std::optional<Destination>>& from) {
        return std::string(find_header(make_call(**from, event_of_ada(), moment)->headers, "x-sign"));
    };
    CHECK(header(hex) == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(header(base64) == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}

TEST_CASE("a secret that is missing or open to others is the trouble of its endpoint, with the way out") {
    const TemporaryFolder folder;
    const auto missing = destination(folder, "authentication: {bearer: crm_token}\n");
    folder.write("data/secrets/crm_token", "x");
    const auto open = destination(folder, "authentication: {bearer: crm_token}\n");

    REQUIRE(missing.has_value());
    CHECK((*missing)->trouble.find("the secret 'crm_token' is nowhere") == 0);
    REQUIRE(open.has_value());
    CHECK((*open)->trouble.find("chmod 600") != std::string::npos);
}

TEST_CASE("a touch to a tester has the tester as its subject although it is about no customer") {
    const Outgoing touch{"touch_1", EndpointId("crm"), "touch", {}, {}, R"({"customer":"tester_1"})"};
    const Outgoing review{"event_1", EndpointId("crm"), "review.opened", {}, {}, R"({"customer":"x"})"};

    CHECK(envelope_of(touch, "/segmentd/shop").subject == "tester_1");
    CHECK(envelope_of(review, "/segmentd/shop").subject.empty());
}

TEST_CASE("an endpoint that only the settings name keeps no other from its address; a range that is none does") {
    const TemporaryFolder folder;
    const auto book = compile_workspace(tests::shop("endpoint: crm\nowner: dana\n"));
    Settings settings;
    settings.data = folder.path() / "data";

    CHECK(destinations_of(settings, **book)->empty());
    settings.endpoints["crm"].url = "http://127.0.0.1:1/";
    CHECK(destinations_of(settings, **book).error().code == ErrorCode::io);  // a secret is kept where a store is
    std::filesystem::create_directory(settings.data);
    CHECK(destinations_of(settings, **book)->size() == 1);
    settings.deliveries_allow_private = "10.0.0.0/33";
    CHECK(destinations_of(settings, **book).error().message ==
          "deliveries.allow_private: '10.0.0.0/33' is no range of addresses");
    settings.deliveries_allow_private.clear();
    settings.endpoints["crn"].url = "http://127.0.0.1:1/";
    CHECK(destinations_of(settings, **book)->size() == 1);
    CHECK(endpoints_only_in_settings(settings, **book) == std::vector{EndpointId("crn")});
}

}  // namespace segmentd::daemon
