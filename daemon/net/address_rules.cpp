#include "daemon/net/address_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace segmentd::daemon {
namespace {

constexpr int ipv4_prefix = 96;  // bits before an IPv4 address in its IPv6 form

bool is_ipv4(const IpAddress& address);
bool is_in(const IpAddress& address, std::initializer_list<const char*> ranges);
bool is_private(const IpAddress& address);
std::string_view trimmed(std::string_view text);

}  // namespace

Result<IpAddress> parse_ip_address(std::string_view text) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(text), error);
    if (error || text.find('%') != std::string_view::npos) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is no address", text), "write 10.1.2.3 or fd00::1");
    }
    if (address.is_v6()) return address.to_v6().to_bytes();
    return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

Result<AddressRange> parse_address_range(std::string_view text) {
    const auto slash = text.find('/');
    TRY(first, parse_ip_address(text.substr(0, slash)));
    const bool is_short = text.substr(0, slash).find(':') == std::string_view::npos;
    const int longest = is_short ? 32 : 128;
    int length = longest;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
        const bool is_whole = error == std::errc() && end == digits.data() + digits.size();
        if (!is_whole || length < 0 || length > longest) {
            return fail(ErrorCode::invalid, fmt::format("'{}' is no range of addresses", text), "write 10.0.0.0/8");
        }
    }
    return AddressRange{first, is_short ? length + ipv4_prefix : length};
}

Result<std::vector<AddressRange>> parse_address_ranges(std::string_view text) {
    std::vector<AddressRange> ranges;
    while (!trimmed(text).empty()) {
        const auto comma = std::min(text.find(','), text.size());
        TRY(range, parse_address_range(trimmed(text.substr(0, comma))));
        ranges.push_back(range);
        text.remove_prefix(std::min(text.size(), comma + 1));
    }
    return ranges;
}

bool contains(const AddressRange& range, const IpAddress& address) {
    const auto whole_bytes = static_cast<std::size_t>(range.length / 8);
    if (!std::equal(address.begin(), address.begin() + range.length / 8, range.first.begin())) return false;
    const int rest = range.length % 8;
    return rest == 0 || (address[whole_bytes] ^ range.first[whole_bytes]) >> (8 - rest) == 0;
}

bool is_public(const IpAddress& address) {
    if (is_ipv4(address)) {
        return !is_in(address, {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                                "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
                                "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
    }
    // Inside 2000::/3: protocol assignments with Teredo, documentation twice, 6to4.
    return is_in(address, {"2000::/3"}) && !is_in(address, {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
}

Result<void> check_url(const AddressRules& rules, const Url& url) {
    if (rules.hosts.empty()) return {};
    constexpr std::uint16_t https_port = 443;
    const std::string_view host =
        std::string_view(url.host).substr(0, url.host.size() - (url.host.ends_with('.') ? 1 : 0));
    const bool is_listed = std::ranges::find(rules.hosts, host) != rules.hosts.end();
    if (is_listed && url.is_secure && url.port == https_port) return {};
    return fail(ErrorCode::invalid, "only https on port 443 of the listed hosts may be called",
                "add the host to deliveries.hosts");
}

bool may_call(const AddressRules& rules, const IpAddress& address, bool is_number) {
    const auto holds = [&](const AddressRange& range) { return contains(range, address); };
    if (is_public(address) || std::ranges::any_of(rules.allowed, holds)) return true;
    return rules.trusts_numbers && is_number && is_private(address);
}

namespace {

bool is_ipv4(const IpAddress& address) {
    return contains({{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}, ipv4_prefix}, address);
}

bool is_in(const IpAddress& address, std::initializer_list<const char*> ranges) {
    return std::ranges::any_of(ranges, [&](const char* text) { return contains(*parse_address_range(text), address); });
}

// Loopback and private networks, without the address at which a cloud gives its metadata over IPv6.
bool is_private(const IpAddress& address) {
    return is_in(address, {"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}) &&
           !is_in(address, {"fd00:ec2::254"});
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace
}  // namespace segmentd::daemon
