#include "daemon/engine/as_of.hpp"

namespace segmentd::daemon {

Result<Timestamp> parse_as_of(std::string_view text, const Zone& calendar) {
    TRY(instant, calendar.parse_timestamp(text));
    return is_date_only(text) ? calendar.start_of_day(calendar.day_number(instant) + 1) - Duration(1) : instant;
}

}  // namespace segmentd::daemon
