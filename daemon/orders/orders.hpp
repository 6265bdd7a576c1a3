// What people order by hand: to stop or resume something, to act on a review, to write down a learning,
// to try a touch out. The command line and the HTTP interface hand in the same words.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

// Makes the record of an order, without sequence and times, after checking it against the state:
//   pause, resume  {"name", "target":"playbook|pilot|endpoint" where the name alone does not say it}
//   review         {"review":1,"action":"keep",...,"until":"2027-01-31" for a snooze, of at most 90 days}
//   learning       {"subject":"segment|pilot","name","cause":"data_gap|process|market|hypothesis","text"}
//   touch_test     {"playbook","touch" where the playbook has several,"tester"}
// All take "reason"; pause, resume and review need one. invalid for wrong words and for texts that are not
// UTF-8, not_found for a name that the
// definitions in force do not have, conflict where the state forbids it.
Result<Record> make_order(const Engine& engine, std::string_view order, const boost::json::object& words,
                          const std::string& actor);

}  // namespace segmentd::daemon
