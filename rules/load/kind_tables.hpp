// The key tables, one for each kind of definition. Each stands in a file of its own.
#pragma once

#include "rules/definitions/definitions.hpp"
#include "rules/load/key_table.hpp"

namespace segmentd::rules::load {

const Table<WorkspaceSettings>& workspace_table();
const Table<SignalDefinition>& signal_table();
const Table<SourceDefinition>& source_table();
const Table<FeatureDefinition>& feature_table();
const Table<ModelDefinition>& model_table();
const Table<SegmentDefinition>& segment_table();
const Table<FamilyDefinition>& family_table();
const Table<SegmentTest>& segment_test_table();
const Table<PlaybookDefinition>& playbook_table();
const Table<EndpointDefinition>& endpoint_table();
const Table<MetricDefinition>& metric_table();
const Table<PilotDefinition>& pilot_table();
const Table<GovernanceDefinition>& governance_table();

}  // namespace segmentd::rules::load
