#include "daemon/collect/collected.hpp"

#include <algorithm>

namespace segmentd::daemon {

Timestamp place_in_time(const CollectContext& context, std::optional<Timestamp> claimed,
                        std::optional<Timestamp> sent_at) {
    if (!claimed) return context.engine_now;
    const bool stands = context.own_clock && *claimed <= context.engine_now;
    if (stands || !sent_at) return std::min(*claimed, context.engine_now);
    return std::min<Timestamp>(context.engine_now - (*sent_at - *claimed), context.engine_now);
}

}  // namespace segmentd::daemon
