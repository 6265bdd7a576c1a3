#include "daemon/engine/state_hash/state_hash.hpp"

#include <fmt/format.h>

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

void StateHash::touch(const CustomerId& customer) {
    const auto bucket = bucket_of(customer);
    members_[bucket].insert(customer);
    changed_.insert(bucket);
}

Sha256 StateHash::compute(const Population& population, const std::string& common) {
    std::string bytes;
    for (const auto bucket : changed_) {
        Sha256Stream stream;
        for (const auto& id : members_[bucket]) {
            bytes.clear();
            append_canonical(population.at(*population.find(id)), population.book(), bytes);
            stream.add_number(bytes.size());
            stream.add(bytes);
        }
        buckets_[bucket] = stream.finish();
    }
    changed_.clear();
    Sha256Stream all;
    for (const auto& [bucket, hash] : buckets_) {
        all.add_number(bucket);
        all.add(hash);
    }
    all.add(common);
    return all.finish();
}

std::uint16_t StateHash::bucket_of(const CustomerId& customer) {
    const auto digest = sha256(customer.text);
    return static_cast<std::uint16_t>(digest[0] << 8 | digest[1]);
}

void append_canonical(const Customer& customer, const rules::Rulebook& book, std::string& bytes) {
    append_text(bytes, customer.id.text);
    for (const auto& [name, attribute] : customer.profile) {
        append_text(bytes, name);
        append_attribute(bytes, attribute);
    }
    for (const auto& [purpose, granted] : customer.consent) {
        append_text(bytes, purpose);
        bytes += granted ? '+' : '-';
    }
    bytes += customer.suppressed ? "suppressed" : "";
    for (const auto& feature : customer.features) feature.append_canonical(bytes);
    for (const auto& history : customer.histories) history.append_canonical(bytes);
    for (std::size_t i = 0; i < customer.memberships.size(); ++i) {
        const auto& membership = customer.memberships[i];
        if (!membership) continue;
        append_text(bytes, book.definitions.segments[i].id.text);
        append_text(bytes, membership->cause);
        append_text(bytes, membership->version);
        bytes += fmt::format("{}{}", to_microseconds(membership->since), membership->unknown ? '?' : ';');
    }
    for (const auto& [pilot, enrolment] : customer.enrolments) {
        append_text(bytes, pilot.text);
        append_enrolment(bytes, enrolment);
    }
}

}  // namespace segmentd::daemon
