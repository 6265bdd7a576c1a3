#include "rules/segments/limits.hpp"

#include <fmt/format.h>

namespace segmentd::rules {

std::vector<BrokenLimit> broken_limits(const SegmentLimits& limits, const SegmentSize& size) {
    std::vector<BrokenLimit> broken;
    if (size.customers == 0) return broken;
    const auto members = static_cast<double>(size.members);
    const double share = members / static_cast<double>(size.customers);
    if (limits.size_at_least && size.members < *limits.size_at_least) {
        const auto border = *limits.size_at_least;
        broken.push_back({fmt::format("size at least {}", border), static_cast<double>(border), members, false});
    }
    if (limits.size_at_most && size.members > *limits.size_at_most) {
        const auto border = *limits.size_at_most;
        broken.push_back({fmt::format("size at most {}", border), static_cast<double>(border), members, false});
    }
    if (limits.share_at_least && share < *limits.share_at_least) {
        const auto border = *limits.share_at_least;
        broken.push_back({fmt::format("share at least {:.6g} %", 100 * border), border, share, true});
    }
    if (limits.share_at_most && share > *limits.share_at_most) {
        const auto border = *limits.share_at_most;
        broken.push_back({fmt::format("share at most {:.6g} %", 100 * border), border, share, true});
    }
    return broken;
}

std::string sentence(const SegmentId& segment, const BrokenLimit& broken) {
    return broken.is_share
               ? fmt::format("the share of {} is {:.1f} %, agreed was {}", segment.text, 100 * broken.value,
                             broken.limit)
               : fmt::format("the size of {} is {:.0f}, agreed was {}", segment.text, broken.value, broken.limit);
}

}  // namespace segmentd::rules
