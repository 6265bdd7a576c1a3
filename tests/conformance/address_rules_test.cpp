// Destinations to refuse or accept: addresses of the IANA special-purpose registries, and URLs that
// mean something else than they seem to. Nothing is connected to.
#include "daemon/net/address_rules.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <iostream>
#include <optional>
#include <sstream>

#include "daemon/net/http_client.hpp"
#include "tests/published_vectors.hpp"

namespace segmentd::daemon {
namespace {

namespace json = boost::json;

using tests::read_vectors;
using tests::report;
using tests::Tally;

// The outcome of a call that must not come to a connection. Names of the vectors lead where they would
// on a machine that is open to the trick: names of this machine and short numbers to loopback.
CallFault fault_of(const std::string& url, const AddressRules& rules) {
    HttpClientSettings settings;
    for (const char* name : {"localhost", "localhost.", "localhost.localdomain", "127.1", "2130706433", "0x7f.0.0.1",
                             "0177.0.0.1", "example.test", "hooks.example.com", "hooks.example.com."}) {
        settings.hosts[name] = {"127.0.0.1"};
    }
    HttpCall call;
    call.url = url;
    call.addresses = std::make_shared<const AddressRules>(rules);
    std::promise<HttpOutcome> promise;
    auto future = promise.get_future();
    HttpClient client(settings);
    client.send(call, [&](HttpOutcome outcome) { promise.set_value(std::move(outcome)); });
    return future.get().fault;
}

bool is_refused(CallFault fault) {
    return fault == CallFault::wrong_call || fault == CallFault::address_refused;
}

TEST_CASE("addresses and URLs are refused and accepted as published") {
    const std::string name = "ssrf/addresses.json";
    const auto text = read_vectors(name);
    if (!text) return;

    const auto vectors = json::parse(*text).as_object();
    Tally tally;
    const auto is_allowed = [](const json::value& item) {
        const auto address = parse_ip_address(json::value_to<std::string>(item.at("ip")));
        return address && may_call({}, *address, true);
    };
    for (const auto& item : vectors.at("deny").as_array()) {
        tally.count(!is_allowed(item), json::value_to<std::string>(item.at("ip")));
    }
    for (const auto& item : vectors.at("allow").as_array()) {
        tally.count(is_allowed(item), json::value_to<std::string>(item.at("ip")));
    }
    for (const auto& item : vectors.at("deny_urls").as_array()) {
        const auto url = json::value_to<std::string>(item.at("url"));
        tally.count(is_refused(fault_of(url, {})), url);
    }
    report(name, tally);
}

TEST_CASE("of a corpus of destinations only those of the listed host pass") {
    const std::string name = "security/ssrf_url_corpus.csv";
    const auto text = read_vectors(name);
    if (!text) return;

    AddressRules rules;
    rules.hosts = {"hooks.example.com"};
    Tally tally;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const auto comma = line.find(',');
        if (line.starts_with('#') || line.starts_with("url,") || comma == std::string::npos) continue;
        const std::string url = line.substr(0, comma);
        const bool wants_yes = line.substr(comma + 1, 3) == "yes";
        const auto parsed = parse_url(url);
        const bool passes = parsed && url.find('#') == std::string::npos && check_url(rules, *parsed);
        // What the row says about answers (redirects) is tested with the client.
        const bool is_about_answers = line.find("redirect not followed") != std::string::npos;
        tally.count(is_about_answers || passes == wants_yes, url);
    }
    report(name, tally);
}

TEST_CASE("the border of every private block is where the registry says, without the vectors") {
    const auto is_open = [](const char* text) { return is_public(parse_ip_address(text).value()); };

    CHECK(is_open("172.15.255.255"));
    CHECK_FALSE(is_open("172.16.0.0"));
    CHECK_FALSE(is_open("172.31.255.255"));
    CHECK(is_open("172.32.0.0"));
    CHECK_FALSE(is_open("::ffff:127.0.0.1"));
    CHECK(is_open("::ffff:8.8.8.8"));
    CHECK(is_open("2606:4700:4700::1111"));
    CHECK_FALSE(is_open("3fff::1"));
    CHECK(is_refused(fault_of("http://127.1/", {})));
    CHECK(is_refused(fault_of("http://user@127.0.0.1/", {})));
}

}  // namespace
}  // namespace segmentd::daemon
