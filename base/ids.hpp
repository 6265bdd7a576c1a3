// Names of things, each kind its own type, so that a customer is never taken for a segment.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace segmentd {

template <typename Kind>
struct Id {
    std::string text;

    Id() = default;
    explicit Id(std::string name) : text(std::move(name)) {}
    explicit Id(std::string_view name) : text(name) {}
    explicit Id(const char* name) : text(name) {}

    bool empty() const { return text.empty(); }
    auto operator<=>(const Id&) const = default;
    bool operator==(const Id&) const = default;
};

using CustomerId = Id<struct CustomerKind>;
using SignalId = Id<struct SignalKind>;
using SourceId = Id<struct SourceKind>;
using FeatureId = Id<struct FeatureKind>;
using ModelId = Id<struct ModelKind>;
using SegmentId = Id<struct SegmentKind>;
using FamilyId = Id<struct FamilyKind>;
using PlaybookId = Id<struct PlaybookKind>;
using TouchId = Id<struct TouchKind>;
using EndpointId = Id<struct EndpointKind>;
using MetricId = Id<struct MetricKind>;
using PilotId = Id<struct PilotKind>;
using PurposeId = Id<struct PurposeKind>;
using PersonId = Id<struct PersonKind>;

}  // namespace segmentd

template <typename Kind>
struct std::hash<segmentd::Id<Kind>> {
    std::size_t operator()(const segmentd::Id<Kind>& id) const noexcept { return std::hash<std::string>{}(id.text); }
};
