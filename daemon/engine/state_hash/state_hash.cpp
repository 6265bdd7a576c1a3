#include "daemon/engine/state_hash/state_hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace segmentd::daemon {
namespace {

void append_text(std::string& bytes, std::string_view text) {
    bytes += fmt::format("{}:", text.size());
    bytes += text;
}

void append_attribute(std::string& bytes, const Attribute& attribute) {
    bytes += fmt::format("{}=", attribute.index());
    switch (type_of(attribute)) {
        case AttributeType::text: append_text(bytes, std::get<std::string>(attribute)); break;
        case AttributeType::number:
            bytes += fmt::format("{:016x}", std::bit_cast<std::uint64_t>(std::get<double>(attribute)));
            break;
        case AttributeType::integer: bytes += fmt::format("{}", std::get<std::int64_t>(attribute)); break;
        case AttributeType::boolean: bytes += std::get<bool>(attribute) ? '1' : '0'; break;
        case AttributeType::money: bytes += fmt::format("{}", std::get<MinorUnits>(attribute).count); break;
        case AttributeType::time: bytes += fmt::format("{}", to_microseconds(std::get<Timestamp>(attribute))); break;
    }
    bytes += ';';
}

void append_enrolment(std::string& bytes, const Enrolment& enrolment) {
    bytes += fmt::format("{},{},{}", to_microseconds(enrolment.at), enrolment.arm,
                         enrolment.exposed_at ? to_microseconds(*enrolment.exposed_at) : 0);
    for (const bool reported : enrolment.reported) bytes += reported ? 'y' : 'n';
    for (const auto& outcome : enrolment.outcomes)
        bytes += fmt::format(",{}{}", outcome.units, outcome.counted ? 'c' : 'o');
    bytes += ';';
}

}  // namespace

StateHash::StateHash() : members_(customer_buckets), changed_(customer_buckets) {}

Sha256 StateHash::compute(const Population& population, const std::string& common) {
    for (; taken_up_ < population.size(); ++taken_up_) {
        const auto bucket = population.at(taken_up_).bucket;
        members_[bucket].push_back(taken_up_);
        std::ranges::sort(members_[bucket], {}, [&](std::size_t i) { return population.at(i).id; });
        changed_[bucket] = true;
    }
    std::string bytes;
    for (std::size_t bucket = 0; bucket < customer_buckets; ++bucket) {
        if (!changed_[bucket]) continue;
        Sha256Stream stream;
        for (const auto index : members_[bucket]) {
            bytes.clear();
            append_canonical(population.at(index), population, bytes);
            stream.add_number(bytes.size());
            stream.add(bytes);
        }
        buckets_[static_cast<std::uint16_t>(bucket)] = stream.finish();
        changed_[bucket] = false;
    }
    Sha256Stream all;
    for (const auto& [bucket, hash] : buckets_) {
        all.add_number(bucket);
        all.add(hash);
    }
    all.add(common);
    return all.finish();
}

void append_canonical(const Customer& customer, const Population& population, std::string& bytes) {
    append_text(bytes, customer.id.text());
    for (const auto& [name, attribute] : population.profile_of(customer)) {
        append_text(bytes, name);
        append_attribute(bytes, attribute);
    }
    for (const auto& [purpose, granted] : customer.rest->consent) {
        append_text(bytes, purpose);
        bytes += granted ? '+' : '-';
    }
    bytes += customer.rest->suppressed ? "suppressed" : "";
    const auto& book = population.book();
    for (std::size_t i = 0; i < book.features.size(); ++i) customer.features[i].append_canonical(bytes);
    for (std::size_t i = 0; i < book.histories.size(); ++i) customer.histories[i].append_canonical(bytes);
    const auto& segments = book.definitions.segments;
    for (const auto membership : customer.memberships) {
        append_text(bytes, segments[membership.segment].id.text);
        append_text(bytes, population.origin_of(membership).cause);
        append_text(bytes, population.origin_of(membership).version);
        bytes += fmt::format("{},{}{}", to_microseconds(membership.since), membership.greeted,
                             membership.unknown ? '?' : ';');
    }
    for (const auto& [pilot, enrolment] : customer.rest->enrolments) {
        append_text(bytes, pilot.text);
        append_enrolment(bytes, enrolment);
    }
    for (const auto& tie : customer.rest->accounts.list()) {
        append_text(bytes, tie.account);
        bytes += fmt::format("@{};", to_microseconds(tie.since));
    }
}

}  // namespace segmentd::daemon
