// The parts of timestamps and durations: getFullYear(), getHours() and so on.
#pragma once

#include "rules/expression/declarations.hpp"
#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/functions.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// A part of the date and time that a timestamp has in a zone: UTC where `zone` is null, else an
// offset such as "+01:00" or a name that `zones` knows. Months, days of the month (getDayOfMonth),
// days of the year and days of the week (0 is Sunday) count from 0; getDate counts from 1.
Outcome part_of_timestamp(Function part, const Value& timestamp, const Value* zone, const ZoneOffset& zones);

// The whole hours, minutes or seconds of a duration; its milliseconds beyond whole seconds.
Outcome part_of_duration(Function part, const Value& duration);

}  // namespace segmentd::rules::expression
