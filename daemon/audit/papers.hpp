// The tables of an audit packet: what was in force at the end of a quarter, and what happened in it.
//
// Every table is in a fixed order (of names, or of the journal), so that the same journal gives the same bytes.
// No table names a customer.
#pragma once

#include <string>
#include <vector>

#include "base/records.hpp"
#include "base/result.hpp"
#include "daemon/audit/csv.hpp"
#include "daemon/audit/quarter_fold.hpp"

namespace segmentd::daemon {

struct Paper {
    std::string file;  // "segments.csv"
    std::string what;  // one sentence for the index
    Table table;
};

// Segments, models, playbooks, pilots, endpoints, metrics, people and objectives as in force at the end: complete
// lists, empty where there were no definitions yet.
std::vector<Paper> population_papers(const QuarterFold& fold);

// Changes, reviews, touches, findings, decisions, memberships, consents, tokens and rejects. corrupt where
// memberships do not add up to the sizes at the end.
Result<std::vector<Paper>> event_papers(const QuarterFold& fold, Store& store);

// How many records of each type there are, in the quarter and until its end, from the headers until its end.
Paper record_counts(const Quarter& quarter, const std::vector<RecordHeader>& headers);

}  // namespace segmentd::daemon
