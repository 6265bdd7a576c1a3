#include "daemon/net/address_rules.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "daemon/net/http_client.hpp"
#include "tests/unit/daemon/raw_connection.hpp"

namespace segmentd::daemon {
namespace {

bool may_call_number(const AddressRules& rules, const char* text) {
    return may_call(rules, parse_ip_address(text).value(), true);
}

AddressRules allowing(const char* ranges) {
    AddressRules rules;
    rules.allowed = parse_address_ranges(ranges).value();
    return rules;
}

// Calls a name that leads to these addresses, at the port of a server.
HttpOutcome call_name(const std::vector<std::string>& addresses, std::uint16_t port, const AddressRules& rules) {
    HttpClientSettings settings;
    settings.hosts["crm.example"] = addresses;
    HttpCall call;
    call.url = "http://crm.example:" + std::to_string(port) + "/hook";
    call.addresses = std::make_shared<const AddressRules>(rules);
    std::promise<HttpOutcome> promise;
    auto future = promise.get_future();
    HttpClient client(settings);
    client.send(call, [&](HttpOutcome outcome) { promise.set_value(std::move(outcome)); });
    return future.get();
}

}  // namespace

TEST_CASE("private and loopback numbers that an operator wrote may be called, metadata and reserved ones not") {
    AddressRules rules;
    rules.trusts_numbers = true;
    for (const char* address : {"127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.9", "::1", "fd12::1", "8.8.8.8"}) {
        INFO(address);
        CHECK(may_call_number(rules, address));
    }
    for (const char* address : {"169.254.169.254", "fd00:ec2::254", "fe80::1", "0.0.0.0", "::", "224.0.0.1",
                                "100.64.0.1", "192.0.2.1", "2001:db8::1", "64:ff9b::7f00:1", "2002:7f00:1::"}) {
        INFO(address);
        CHECK_FALSE(may_call_number(rules, address));
    }
    CHECK_FALSE(may_call(rules, parse_ip_address("127.0.0.1").value(), false));
}

TEST_CASE("ranges are read with and without a length, and hold what they say") {
    const auto rules = allowing("10.0.0.0/8, fd00::/8,192.168.1.7");

    CHECK(may_call_number(rules, "10.255.0.1"));
    CHECK(may_call_number(rules, "::ffff:10.0.0.1"));
    CHECK(may_call_number(rules, "fd12::1"));
    CHECK(may_call_number(rules, "192.168.1.7"));
    CHECK_FALSE(may_call_number(rules, "192.168.1.8"));
    CHECK_FALSE(may_call_number(rules, "fc00::1"));
    CHECK(parse_address_ranges("").value().empty());
    for (const char* text : {"10.0.0.0/33", "10.0.0/8", "010.0.0.1", "fe80::1%eth0", "10.0.0.0/", "x", "::/129"}) {
        INFO(text);
        CHECK_FALSE(parse_address_ranges(text).has_value());
    }
}

TEST_CASE("a name that leads to one private address among public ones is not called at all") {
    const auto outcome = call_name({"93.184.216.34", "127.0.0.1"}, 80, {});

    CHECK(outcome.fault == CallFault::address_refused);
    CHECK(outcome.error == "the host's name leads to an address that may not be called");
}

TEST_CASE("a name whose private address is allowed is called there, under its own name") {
    std::string head;
    ScriptedServer server({[&](RawConnection& connection) {
        head = connection.read_until("\r\n\r\n");
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }});

    const auto outcome = call_name({"127.0.0.1"}, server.port(), allowing("127.0.0.0/8"));

    CHECK(outcome.status == 200);
    CHECK(head.find("Host: crm.example:" + std::to_string(server.port()) + "\r\n") != std::string::npos);
}

TEST_CASE("where hosts are listed, only https on port 443 of these is called") {
    AddressRules rules;
    rules.hosts = {"hooks.example.com"};
    const auto is_allowed = [&](const char* url) { return check_url(rules, parse_url(url).value()).has_value(); };

    CHECK(is_allowed("https://hooks.example.com/a"));
    CHECK(is_allowed("https://HOOKS.example.com.:443/a"));
    CHECK_FALSE(is_allowed("http://hooks.example.com/a"));
    CHECK_FALSE(is_allowed("https://hooks.example.com:8443/a"));
    CHECK_FALSE(is_allowed("https://hooks.example.com.evil.test/a"));
    CHECK_FALSE(is_allowed("https://127.0.0.1/"));
    rules.hosts.clear();
    CHECK(is_allowed("http://anywhere.example/"));
}

}  // namespace segmentd::daemon
