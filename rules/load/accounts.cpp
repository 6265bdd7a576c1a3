#include "rules/load/accounts.hpp"

#include <fmt/format.h>

namespace segmentd::rules::load {
namespace {

void refuse_without_profile(const Definitions& definitions, Reading& reading);
void refuse_segment(const Reference<SegmentId>& name, const std::string& user, const Definitions& definitions,
                    Reading& reading);
void refuse_feature(const Reference<FeatureId>& name, const std::string& user, const Definitions& definitions,
                    Reading& reading);

}  // namespace

void check_accounts(const Definitions& definitions, Reading& reading) {
    if (!definitions.workspace.account_profile) refuse_without_profile(definitions, reading);
    for (const auto& family : definitions.families) {
        for (const auto& name : family.segments) {
            refuse_segment(name, fmt::format("family {}", family.id.text), definitions, reading);
        }
    }
    for (const auto& pilot : definitions.pilots) {
        const auto user = fmt::format("pilot {}", pilot.id.text);
        refuse_segment(pilot.segment, user, definitions, reading);
        for (const auto& name : pilot.report_by) refuse_segment(name, user, definitions, reading);
    }
    for (const auto& model : definitions.models) {
        for (const auto& name : model.features) {
            refuse_feature(name, fmt::format("model {}", model.id.text), definitions, reading);
        }
    }
    for (const auto& governance : definitions.governance) {
        for (const auto& monitor : governance.drift.monitors) {
            refuse_segment(monitor.segment, fmt::format("governance {}: monitors", governance.name), definitions,
                           reading);
        }
    }
}

namespace {

void refuse_without_profile(const Definitions& definitions, Reading& reading) {
    const auto refuse = [&](const SourcePlace& place, const std::string& user) {
        reading.refuse_at(
            place, {{},
                    "no_accounts",
                    user + " is about accounts, and the workspace knows none",
                    "add account_profile to workspace.yaml, with the attributes of an account, and send group calls"});
    };
    for (const auto& feature : definitions.features) {
        if (feature.per == Subject::account) refuse(feature.place, "feature " + feature.id.text);
    }
    for (const auto& segment : definitions.segments) {
        if (segment.of == Subject::account) refuse(segment.place, "segment " + segment.id.text);
    }
    for (const auto& source : definitions.sources) {
        for (const auto& emission : source.emit) {
            if (!emission.account.empty()) refuse(emission.account.place, "an emission of source " + source.id.text);
        }
    }
}

void refuse_segment(const Reference<SegmentId>& name, const std::string& user, const Definitions& definitions,
                    Reading& reading) {
    const auto* segment = find(definitions.segments, name.id);  // none is yet a remainder, which is of customers
    if (segment == nullptr || segment->of == Subject::customer) return;
    reading.refuse_at(name.place, {{},
                                   "not_of_accounts",
                                   fmt::format("{}: {} is a segment of accounts", user, name.id.text),
                                   "name a segment of customers"});
}

void refuse_feature(const Reference<FeatureId>& name, const std::string& user, const Definitions& definitions,
                    Reading& reading) {
    if (find(definitions.features, name.id)->per == Subject::customer) return;
    reading.refuse_at(name.place, {{},
                                   "not_of_accounts",
                                   fmt::format("{}: {} is a feature of accounts", user, name.id.text),
                                   "name a feature of customers"});
}

}  // namespace
}  // namespace segmentd::rules::load
