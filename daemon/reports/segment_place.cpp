#include "daemon/reports/segment_place.hpp"

namespace segmentd::daemon {

Result<SegmentPlace> place_of_segment(const Engine& engine, const SegmentId& segment) {
    for (const auto* population : {&engine.population(), &engine.accounts().population()}) {
        const auto& segments = population->book().definitions.segments;
        if (const auto index = rules::index_of(segments, segment)) {
            return SegmentPlace{*population, *index, segments[*index].of};
        }
    }
    return fail(ErrorCode::not_found, "there is no segment '" + segment.text + "'", "segmentctl segments lists them");
}

Result<std::size_t> customer_segment(const Engine& engine, const SegmentId& segment) {
    TRY(place, place_of_segment(engine, segment));
    if (place.of == rules::Subject::customer) return place.segment;
    return fail(ErrorCode::not_found,
                "the segment '" + segment.text + "' is of accounts, and this is told of customers",
                "segmentctl members and explain tell of accounts");
}

}  // namespace segmentd::daemon
