// Which addresses may be called: none of this machine, of its network or of a reserved block, unless
// the operator says so. Whoever can write a host's name into a DNS answer must not reach what stands
// behind the firewall.
//
// Blocks are those of the IANA special-purpose registries (RFC 6890 and its updates); IPv6 outside
// 2000::/3 is not public. An IPv4 address inside IPv6 (::ffff:10.0.0.1) is judged as the IPv4 address.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "daemon/net/url.hpp"

namespace segmentd::daemon {

// 16 bytes, IPv4 as ::ffff:a.b.c.d.
using IpAddress = std::array<std::uint8_t, 16>;

// "10.1.2.3", "2001:db8::1". Refuses short, octal and hexadecimal IPv4 forms and scopes (fe80::1%eth0).
Result<IpAddress> parse_ip_address(std::string_view text);

struct AddressRange {
    IpAddress first{};
    int length = 128;  // bits that count, of 128
};

// "10.0.0.0/8", "fd00::/8", or one address.
Result<AddressRange> parse_address_range(std::string_view text);

bool contains(const AddressRange& range, const IpAddress& address);

// True for an address of the public internet.
bool is_public(const IpAddress& address);

struct AddressRules {
    std::vector<AddressRange> allowed;  // these may be called whatever they are
    // Loopback and private addresses that stand as numbers in the URL may be called: an operator wrote
    // them. Link-local ones, where clouds keep their metadata, and what a name leads to stay refused.
    bool trusts_numbers = false;
    std::vector<std::string> hosts;  // where not empty: only https on port 443 of these hosts
};

// Ranges parted by commas.
Result<std::vector<AddressRange>> parse_address_ranges(std::string_view text);

// What may be said before a name is looked up: scheme, port and host of the URL.
Result<void> check_url(const AddressRules& rules, const Url& url);

// `is_number`: the address stood in the URL, no name led to it.
bool may_call(const AddressRules& rules, const IpAddress& address, bool is_number);

}  // namespace segmentd::daemon
