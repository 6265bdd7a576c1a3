// What is known while one workspace is read: where the reader stands, what went wrong so far, and
// which names were given and used.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/zone.hpp"
#include "rules/load/yaml_node.hpp"

namespace segmentd::rules::load {

enum class NameKind {
    signal,
    source,
    feature,
    model,
    score,
    threshold,
    segment,
    family,
    playbook,
    touch,
    endpoint,
    metric,
    pilot,
    governance,
    objective,
    person,
    purpose,
    tester,
    attribute
};

const char* to_word(NameKind kind);

// "a segment", "an endpoint".
std::string with_article(std::string_view word);

// What it means that a name stands in a place.
struct NameRole {
    enum class Role { plain, declares, uses };
    Role role = Role::plain;
    NameKind kind = NameKind::signal;
};

inline constexpr NameRole plain_name{};
constexpr NameRole declares(NameKind kind) {
    return {NameRole::Role::declares, kind};
}
constexpr NameRole uses(NameKind kind) {
    return {NameRole::Role::uses, kind};
}

struct NameUse {
    NameKind kind;
    std::string name;
    SourcePlace where;
    std::string subject;  // who uses it: "pilot spring: arms.offer.playbook"
};

class Reading {
  public:
    void begin_file(std::string file);
    void begin_definition(std::string subject);

    // The keys on the way to the value that is being read.
    void enter(std::string_view key) { path_.emplace_back(key); }
    void leave() { path_.pop_back(); }

    // In the current file; the message is put behind the definition and the keys.
    void refuse(Refusal refusal);
    // Anywhere; the message says itself what it is about.
    void refuse_at(SourcePlace where, Refusal refusal);

    // All refusals so far, also those beyond the most that are kept.
    std::size_t refusals() const { return refusals_; }
    // No further refusal will be kept, so reading on is of no use.
    bool is_full() const;

    // A name given twice is refused at its second place.
    void meet_name(NameRole role, const std::string& name, Position at);

    // Some definitions could not be read far enough to know their names, so that an unknown name
    // is no mistake of the file that uses it.
    void lose_names() { names_lost_ = true; }
    // Refuses every use of a name that nothing declares. People are checked only where some are
    // declared.
    void check_names();

    // The tables of zones that came with the files, and the workspace's: dates are read by it. UTC until
    // they are given, and where the tables know no zone of that name.
    void use_zones(Zones zones, std::string_view workspace);
    const Zones& zones() const { return zones_; }
    const Zone& calendar() const { return calendar_; }

    SourcePlace place(Position at) const { return {file_, at.line, at.column}; }

    // By file, line and column.
    std::vector<Error> take_errors();

  private:
    std::string subject() const;

    std::string file_;
    std::string definition_;
    std::vector<std::string> path_;
    Zones zones_;
    Zone calendar_;
    std::vector<Error> errors_;
    std::size_t refusals_ = 0;
    bool names_lost_ = false;
    std::map<NameKind, std::map<std::string, SourcePlace>> declared_;
    std::vector<NameUse> used_;
};

}  // namespace segmentd::rules::load
